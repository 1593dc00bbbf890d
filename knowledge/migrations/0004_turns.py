
import django.utils.timezone
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0003_imports'),
    ]

    operations = [
        migrations.AddField(
            model_name='rendering',
            name='due_at',
            field=models.DateTimeField(default=django.utils.timezone.now, help_text='Of those that wait, the first is drawn next.'),
        ),
        migrations.AddField(
            model_name='rendering',
            name='is_slow',
            field=models.BooleanField(default=False, help_text='Whether it took long when it was tried.'),
        ),
        migrations.AddIndex(
            model_name='rendering',
            index=models.Index(condition=models.Q(('state', 'queued')), fields=['is_slow', 'due_at', 'id'], name='rendering_next'),
        ),
    ]
