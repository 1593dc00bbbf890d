import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import uuid
from django.conf import settings
from django.db import migrations, models


# An event of the audit trail is never changed or deleted: only its actor may go, with the account.
GUARD = """
CREATE FUNCTION knowledge_audit_is_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'UPDATE' AND NEW.actor_id IS NULL
        AND (NEW.id, NEW.at, NEW.actor_name, NEW.action, NEW.space, NEW.detail)
            IS NOT DISTINCT FROM (OLD.id, OLD.at, OLD.actor_name, OLD.action, OLD.space, OLD.detail)
    THEN
        RETURN NEW;
    END IF;
    RAISE EXCEPTION 'The audit trail is append-only.';
END $$;
CREATE TRIGGER audit_is_append_only BEFORE UPDATE OR DELETE ON knowledge_auditevent
    FOR EACH ROW EXECUTE FUNCTION knowledge_audit_is_append_only();
"""
NO_GUARD = """
DROP TRIGGER audit_is_append_only ON knowledge_auditevent;
DROP FUNCTION knowledge_audit_is_append_only();
"""
SPACES = "UPDATE knowledge_auditevent SET space = detail->>'space' WHERE detail->>'space' IS NOT NULL;"


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0007_life'),
    ]

    operations = [
        migrations.CreateModel(
            name='Delivery',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('key', models.CharField(max_length=200, unique=True)),
                ('kind', models.CharField(choices=[('mail', 'Mail'), ('digest', 'Digest'), ('webhook', 'Webhook')], max_length=8)),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False)),
                ('event', models.CharField(blank=True, max_length=40)),
                ('detail', models.JSONField(blank=True, default=dict)),
                ('state', models.CharField(choices=[('waiting', 'Waiting'), ('sending', 'Being sent'), ('sent', 'Sent'), ('dropped', 'Not wanted any more'), ('failed', 'Given up'), ('unsure', 'Handed over, but nobody answered')], default='waiting', max_length=8)),
                ('due_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('attempts', models.PositiveSmallIntegerField(default=0)),
                ('attempt_token', models.UUIDField(blank=True, null=True)),
                ('claimed_at', models.DateTimeField(blank=True, null=True)),
                ('handed_at', models.DateTimeField(blank=True, null=True)),
                ('finished_at', models.DateTimeField(blank=True, null=True)),
                ('error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
            options={
                'verbose_name_plural': 'deliveries',
            },
        ),
        migrations.CreateModel(
            name='Notification',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('event', models.CharField(max_length=40)),
                ('key', models.CharField(max_length=120)),
                ('token', models.UUIDField(default=uuid.uuid4, editable=False, unique=True)),
                ('actor_name', models.CharField(blank=True, max_length=150)),
                ('reason', models.CharField(help_text='One of knowledge.events.REASONS.', max_length=20)),
                ('because', models.CharField(help_text='The reason in words.', max_length=600)),
                ('detail', models.JSONField(blank=True, default=dict)),
                ('digest', models.CharField(blank=True, help_text='daily or weekly: the mail it waits for.', max_length=6)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('read_at', models.DateTimeField(blank=True, null=True)),
                ('mailed_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.CreateModel(
            name='Preference',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('group', models.CharField(max_length=20)),
                ('channel', models.CharField(max_length=12)),
            ],
        ),
        migrations.CreateModel(
            name='Subscription',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.CharField(choices=[('tag', 'Tag'), ('author', 'Person'), ('space', 'Space'), ('post', 'Post')], max_length=10)),
                ('tag', models.CharField(blank=True, max_length=100)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
            ],
        ),
        migrations.CreateModel(
            name='Webhook',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('url', models.CharField(max_length=1000)),
                ('secret', models.CharField(help_text='Signs what is sent.', max_length=100)),
                ('kind', models.CharField(choices=[('json', 'JSON, signed'), ('slack', 'Slack, Mattermost and others: {“text”: …}')], default='json', max_length=6)),
                ('events', django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=40), blank=True, default=list, help_text='None: all of them.', size=None)),
                ('active', models.BooleanField(default=True)),
                ('failures', models.PositiveIntegerField(default=0, help_text='Calls in a row that failed.')),
                ('failing_since', models.DateTimeField(blank=True, null=True)),
                ('last_error', models.CharField(blank=True, max_length=300)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('last_called_at', models.DateTimeField(blank=True, null=True)),
            ],
            options={
                'ordering': ['-id'],
            },
        ),
        migrations.AddField(
            model_name='auditevent',
            name='space',
            field=models.CharField(blank=True, help_text='The address of the space, if it has one.', max_length=64),
        ),
        migrations.AddIndex(
            model_name='auditevent',
            index=models.Index(fields=['space', '-id'], name='audit_space'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='post',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='knowledge.post'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='revision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='knowledge.revision'),
        ),
        migrations.AddField(
            model_name='delivery',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notification',
            name='actor',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notification',
            name='post',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to='knowledge.post'),
        ),
        migrations.AddField(
            model_name='notification',
            name='revision',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='knowledge.revision'),
        ),
        migrations.AddField(
            model_name='notification',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notifications', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='notification',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='knowledge.notification'),
        ),
        migrations.AddField(
            model_name='preference',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='preferences', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subscription',
            name='author',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='followers', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='subscription',
            name='post',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='knowledge.post'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='space',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='followers', to='knowledge.space'),
        ),
        migrations.AddField(
            model_name='subscription',
            name='user',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='subscriptions', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='notification',
            name='subscription',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to='knowledge.subscription'),
        ),
        migrations.AddField(
            model_name='webhook',
            name='made_by',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='webhook',
            name='space',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to='knowledge.space'),
        ),
        migrations.AddField(
            model_name='webhook',
            name='user',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='webhooks', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='delivery',
            name='webhook',
            field=models.ForeignKey(blank=True, null=True, on_delete=django.db.models.deletion.CASCADE, related_name='deliveries', to='knowledge.webhook'),
        ),
        migrations.AddConstraint(
            model_name='preference',
            constraint=models.UniqueConstraint(fields=('user', 'group'), name='one_channel_per_group'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(models.Q(('author', None)), models.Q(('space', None)), models.Q(('post', None)), models.Q(('tag', ''), _negated=True), ('kind', 'tag')), models.Q(models.Q(('tag', '')), models.Q(('space', None)), models.Q(('post', None)), models.Q(('author', None), _negated=True), ('kind', 'author')), models.Q(models.Q(('tag', '')), models.Q(('author', None)), models.Q(('post', None)), models.Q(('space', None), _negated=True), ('kind', 'space')), models.Q(models.Q(('tag', '')), models.Q(('author', None)), models.Q(('space', None)), models.Q(('post', None), _negated=True), ('kind', 'post')), _connector='OR'), name='subscriptions_have_the_target_of_their_kind'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'tag')), fields=('tag', 'user'), name='one_subscription_per_tag'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'author')), fields=('author', 'user'), name='one_subscription_per_author'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'space')), fields=('space', 'user'), name='one_subscription_per_space'),
        ),
        migrations.AddConstraint(
            model_name='subscription',
            constraint=models.UniqueConstraint(condition=models.Q(('kind', 'post')), fields=('post', 'user'), name='one_subscription_per_post'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(fields=['user', '-id'], name='notification_list'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('read_at', None)), fields=['user'], name='notification_unread'),
        ),
        migrations.AddIndex(
            model_name='notification',
            index=models.Index(condition=models.Q(('mailed_at', None), ('read_at', None), models.Q(('digest', ''), _negated=True)), fields=['digest', 'created_at'], name='notification_digest'),
        ),
        migrations.AddConstraint(
            model_name='notification',
            constraint=models.UniqueConstraint(fields=('user', 'event', 'key'), name='nobody_is_told_twice'),
        ),
        migrations.AddConstraint(
            model_name='webhook',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('space', None), ('user__isnull', False)), models.Q(('space__isnull', False), ('user', None)), _connector='OR'), name='webhooks_are_of_a_space_or_a_person'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'waiting')), fields=['due_at', 'id'], name='delivery_next'),
        ),
        migrations.AddIndex(
            model_name='delivery',
            index=models.Index(condition=models.Q(('state', 'sending')), fields=['claimed_at'], name='delivery_claimed'),
        ),
        migrations.RunSQL(SPACES, migrations.RunSQL.noop),
        migrations.RunSQL(GUARD, NO_GUARD),
    ]
