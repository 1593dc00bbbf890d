"""Posts of which nothing was published, for what was found in them, are for members of their space.

Of those that hold a secret, lists show no words. Few rows: the index on revisions that are blocked finds them.
"""

from django.db import migrations

HELD = """
    UPDATE knowledge_post AS post SET is_held = true
    FROM knowledge_revision AS latest
    WHERE latest.id = post.latest_revision_id AND latest.blocked_by <> '{}'
        AND post.published_revision_id IS NULL AND NOT post.is_held
"""
SILENT = """
    UPDATE knowledge_post AS post
    SET title = right(regexp_replace(post.path, '^.*/', ''), 500), subtitle = '', tldr = '', tags = '{}'
    FROM knowledge_revision AS latest
    WHERE latest.id = post.latest_revision_id AND latest.blocked_by && '{secret}'
        AND post.published_revision_id IS NULL
"""


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0041_lateness_of_uses")]

    operations = [
        migrations.RunSQL(HELD, migrations.RunSQL.noop),
        migrations.RunSQL(SILENT, migrations.RunSQL.noop),
    ]
