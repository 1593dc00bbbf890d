"""A post that has a name again, after another had it, adds a reading of the revision that it published before."""

from django.db import migrations, models

# Beside writers: the index is made first, and becomes the constraint at once.
MAKE = """CREATE UNIQUE INDEX CONCURRENTLY IF NOT EXISTS a_reading_of_a_revision
    ON knowledge_reading (insight_id, revision_id, published_at)"""
USE = """ALTER TABLE knowledge_reading
    ADD CONSTRAINT a_reading_of_a_revision UNIQUE USING INDEX a_reading_of_a_revision"""
DROP = "ALTER TABLE knowledge_reading DROP CONSTRAINT a_reading_of_a_revision"


class Migration(migrations.Migration):
    atomic = False

    dependencies = [("knowledge", "0042_kept_back_posts_are_held")]

    operations = [
        migrations.SeparateDatabaseAndState(
            database_operations=[
                migrations.RunSQL(MAKE, migrations.RunSQL.noop),
                migrations.RunSQL(USE, DROP),
            ],
            state_operations=[
                migrations.AddConstraint(
                    "reading",
                    models.UniqueConstraint(
                        fields=["insight", "revision", "published_at"], name="a_reading_of_a_revision"
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint("reading", "one_reading_of_a_revision"),
    ]
