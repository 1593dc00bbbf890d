"""Have all posts indexed anew: what stands beside each other is in vectors now, and titles in both."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [("knowledge", "0022_discover")]
    operations = [
        migrations.RunSQL(
            "UPDATE knowledge_searchentry SET stale_since = clock_timestamp()", migrations.RunSQL.noop
        )
    ]
