import django.db.models.deletion
from django.db import migrations, models

# What a statement changed, in one row for each space, library and version, and one for all versions.
FOLLOW = """
CREATE FUNCTION knowledge_library_sum_follows() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO knowledge_librarysum (space_id, library, version, is_closed, posts)
        SELECT space_id, library, version, is_closed, count(*) FROM came WHERE is_listed
        GROUP BY GROUPING SETS ((space_id, library, is_closed), (space_id, library, is_closed, version));
    ELSIF TG_OP = 'DELETE' THEN
        INSERT INTO knowledge_librarysum (space_id, library, version, is_closed, posts)
        SELECT space_id, library, version, is_closed, -count(*) FROM went WHERE is_listed
        GROUP BY GROUPING SETS ((space_id, library, is_closed), (space_id, library, is_closed, version));
    ELSE
        INSERT INTO knowledge_librarysum (space_id, library, version, is_closed, posts)
        SELECT space_id, library, version, is_closed, sum(posts) FROM (
            SELECT space_id, library, version, is_closed, 1 AS posts FROM came WHERE is_listed
            UNION ALL SELECT space_id, library, version, is_closed, -1 FROM went WHERE is_listed
        ) AS changed
        GROUP BY GROUPING SETS ((space_id, library, is_closed), (space_id, library, is_closed, version))
        HAVING sum(posts) <> 0;
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER library_sum_came AFTER INSERT ON knowledge_libraryuse
REFERENCING NEW TABLE AS came FOR EACH STATEMENT EXECUTE FUNCTION knowledge_library_sum_follows();
CREATE TRIGGER library_sum_went AFTER DELETE ON knowledge_libraryuse
REFERENCING OLD TABLE AS went FOR EACH STATEMENT EXECUTE FUNCTION knowledge_library_sum_follows();
CREATE TRIGGER library_sum_changed AFTER UPDATE ON knowledge_libraryuse
REFERENCING OLD TABLE AS went NEW TABLE AS came
FOR EACH STATEMENT EXECUTE FUNCTION knowledge_library_sum_follows();
"""
UNFOLLOW = """
DROP TRIGGER library_sum_came ON knowledge_libraryuse;
DROP TRIGGER library_sum_went ON knowledge_libraryuse;
DROP TRIGGER library_sum_changed ON knowledge_libraryuse;
DROP FUNCTION knowledge_library_sum_follows();
"""
# The triggers hold off who publishes until this is through: about a second for 500,000 uses.
FILL = """
INSERT INTO knowledge_librarysum (space_id, library, version, is_closed, posts)
SELECT space_id, library, version, is_closed, count(*) FROM knowledge_libraryuse WHERE is_listed
GROUP BY GROUPING SETS ((space_id, library, is_closed), (space_id, library, is_closed, version))
"""


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0043_readings_again'),
    ]

    operations = [
        migrations.CreateModel(
            name='LibrarySum',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('library', models.CharField(max_length=100)),
                ('version', models.CharField(max_length=100, null=True)),
                ('is_closed', models.BooleanField()),
                ('posts', models.IntegerField(help_text='By how many more, or fewer.')),
                ('space', models.ForeignKey(db_constraint=False, db_index=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to='knowledge.space')),
            ],
            options={
                'indexes': [models.Index(condition=models.Q(('version', None)), fields=['library'], include=('space', 'is_closed', 'posts'), name='library_sum_of_all'), models.Index(condition=models.Q(('version__isnull', False)), fields=['library', 'version'], include=('space', 'is_closed', 'posts'), name='library_sum_of_version')],
            },
        ),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
    ]
