
import django.contrib.postgres.fields
import django.db.models.deletion
import knowledge.models.space
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0005_review'),
    ]

    operations = [
        migrations.AddField(
            model_name='rendering',
            name='findings',
            field=models.JSONField(default=list, help_text='[{code, message, hint, cell, line, anchor}], without those of the header.'),
        ),
        migrations.AddField(
            model_name='revision',
            name='blocked_by',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=list, help_text='Codes of its findings that keep it from being published; it is for who may write only.', size=None),
        ),
        migrations.AddField(
            model_name='revision',
            name='passed_at',
            field=models.DateTimeField(blank=True, help_text='When it was let through anyway.', null=True),
        ),
        migrations.AddField(
            model_name='revision',
            name='passed_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='revision',
            name='passed_note',
            field=models.CharField(blank=True, help_text='Why.', max_length=500),
        ),
        migrations.AddField(
            model_name='space',
            name='blocking_findings',
            field=django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=30), blank=True, default=knowledge.models.space.secrets_only, help_text='Codes of findings that keep a revision from being published. See knowledge/linting.', size=None),
        ),
        migrations.AddIndex(
            model_name='revision',
            index=models.Index(condition=models.Q(('blocked_by', []), _negated=True), fields=['post'], name='revision_blocked'),
        ),
        migrations.AddConstraint(
            model_name='revision',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('passed_at', None), ('passed_by', None), ('passed_note', '')), models.Q(('blocked_by', []), ('passed_at__isnull', False), models.Q(('passed_note', ''), _negated=True)), _connector='OR'), name='who_lets_a_revision_through_says_why'),
        ),
    ]
