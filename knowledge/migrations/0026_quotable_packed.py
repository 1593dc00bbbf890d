from django.db import migrations, models

# As knowledge.search.quotable.Quotable packs them, and stored as they are: each search reads twenty.
PACK = """
    UPDATE knowledge_searchpassages SET packed = (
        SELECT CASE WHEN passages::text ~ '[\u00c0-\u1fff]' THEN '~' ELSE '' END || E'\\x1d'
            || coalesce(string_agg(left(each ->> 0, 1), '' ORDER BY number), '') || E'\\x1d'
            || coalesce(string_agg(translate(each ->> 1, E'\\x1d\\x1e', '  '), E'\\x1e' ORDER BY number), '')
            || E'\\x1d'
            || coalesce(string_agg(translate(each ->> 2, E'\\x1d\\x1e', '  '), E'\\x1e' ORDER BY number), '')
        FROM jsonb_array_elements(passages) WITH ORDINALITY AS passage (each, number)
    )
"""


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0025_authors_newest'),
    ]

    operations = [
        migrations.AddField(
            model_name='searchpassages',
            name='packed',
            field=models.TextField(default='', help_text='knowledge.search.quotable.Quotable.packed'),
        ),
        migrations.RunSQL(
            "ALTER TABLE knowledge_searchpassages ALTER COLUMN packed SET STORAGE EXTERNAL",
            migrations.RunSQL.noop,
        ),
        migrations.RunSQL(PACK, migrations.RunSQL.noop),
        migrations.RemoveField(
            model_name='searchpassages',
            name='passages',
        ),
    ]
