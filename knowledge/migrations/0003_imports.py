import django.db.models.deletion
import django.db.models.functions.text
from django.conf import settings
from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0002_formats_and_parts'),
    ]

    operations = [
        migrations.AddField(
            model_name='user',
            name='unclaimed',
            field=models.BooleanField(default=False, help_text='Named by an import; becomes the account of whoever proves to be them.'),
        ),
        migrations.AddField(
            model_name='user',
            name='imported_email',
            field=models.EmailField(blank=True, help_text='By which an import knows them. Nobody has proved yet that it is theirs.', max_length=254),
        ),
        migrations.AddField(
            model_name='user',
            name='claimed_by',
            field=models.ForeignKey(blank=True, help_text='The account of the person whom an import knew under this name.', null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='aliases', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddIndex(
            model_name='user',
            index=models.Index(django.db.models.functions.text.Lower('imported_email'), name='user_imported_email'),
        ),
        migrations.AddConstraint(
            model_name='user',
            constraint=models.CheckConstraint(condition=models.Q(('unclaimed', False), models.Q(('claimed_by', None), ('is_active', False)), _connector='OR'), name='nobody_signs_in_as_unclaimed', violation_error_message='Whoever may sign in is no longer unclaimed: take that mark away.'),
        ),
        migrations.CreateModel(
            name='OldAddress',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('path', models.CharField(max_length=1000)),
                ('created_at', models.DateTimeField(auto_now_add=True)),
                ('post', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='old_addresses', to='knowledge.post')),
                ('space', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to='knowledge.space')),
            ],
            options={
                'verbose_name_plural': 'old addresses',
                'indexes': [models.Index(fields=['path'], name='knowledge_o_path_d9a6d5_idx')],
                'constraints': [models.UniqueConstraint(fields=('space', 'path'), name='one_post_per_old_address')],
            },
        ),
    ]
