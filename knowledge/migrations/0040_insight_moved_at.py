import django.db.models.functions.datetime
from django.db import migrations, models


# Whoever changes what is told of an insight: its own row, the state of its post, and what holds readings back.
FOLLOW = """
CREATE FUNCTION knowledge_insight_moves() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    NEW.moved_at := clock_timestamp();
    RETURN NEW;
END
$$;
CREATE TRIGGER insight_moves BEFORE UPDATE ON knowledge_insight
FOR EACH ROW EXECUTE FUNCTION knowledge_insight_moves();

CREATE FUNCTION knowledge_post_moves_insights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE knowledge_insight SET moved_at = clock_timestamp() WHERE post_id = NEW.id;
    RETURN NULL;
END
$$;
CREATE TRIGGER post_moves_insights AFTER UPDATE
OF status, superseded_by_id, suspect_since, attention_since, data_notes, private, is_held
ON knowledge_post FOR EACH ROW WHEN (
    (OLD.status, OLD.superseded_by_id, OLD.suspect_since, OLD.attention_since, OLD.data_notes, OLD.private, OLD.is_held)
    IS DISTINCT FROM
    (NEW.status, NEW.superseded_by_id, NEW.suspect_since, NEW.attention_since, NEW.data_notes, NEW.private, NEW.is_held)
) EXECUTE FUNCTION knowledge_post_moves_insights();

CREATE FUNCTION knowledge_revision_moves_insights() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE knowledge_insight SET moved_at = clock_timestamp()
    WHERE id IN (SELECT insight_id FROM knowledge_reading WHERE revision_id = NEW.id);
    RETURN NULL;
END
$$;
CREATE TRIGGER revision_moves_insights AFTER UPDATE OF is_held, blocked_by
ON knowledge_revision FOR EACH ROW
WHEN ((OLD.is_held, OLD.blocked_by) IS DISTINCT FROM (NEW.is_held, NEW.blocked_by))
EXECUTE FUNCTION knowledge_revision_moves_insights();
"""
UNFOLLOW = """
DROP TRIGGER revision_moves_insights ON knowledge_revision;
DROP TRIGGER post_moves_insights ON knowledge_post;
DROP TRIGGER insight_moves ON knowledge_insight;
DROP FUNCTION knowledge_revision_moves_insights();
DROP FUNCTION knowledge_post_moves_insights();
DROP FUNCTION knowledge_insight_moves();
"""
# As far as it is known.
FILL = """
UPDATE knowledge_insight AS insight
SET moved_at = greatest(insight.changed_at, insight.withdrawn_at, post.suspect_since, post.attention_since)
FROM knowledge_insight AS same LEFT JOIN knowledge_post AS post ON post.id = same.post_id
WHERE same.id = insight.id;
"""


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0039_insight_of_space'),
    ]

    operations = [
        migrations.AddField(
            model_name='insight',
            name='moved_at',
            field=models.DateTimeField(db_default=django.db.models.functions.datetime.Now(), help_text='When what is told of it changed last; the database sees to it.'),
        ),
        migrations.AddIndex(
            model_name='insight',
            index=models.Index(fields=['-moved_at', '-id'], name='insight_moved'),
        ),
        migrations.RunSQL(FILL, migrations.RunSQL.noop),
        migrations.RunSQL(FOLLOW, UNFOLLOW),
    ]
