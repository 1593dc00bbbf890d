from typing import Any

import django.contrib.postgres.indexes
from django.db import migrations, models

INDEXES: dict[str, dict[str, Any]] = {
    "search_head": {},
    "search_body": {},
    "search_body_away": {"condition": models.Q(is_listed=False)},
}
WAITING: dict[str, Any] = {"fastupdate": True, "gin_pending_list_limit": 4096}


def changed(name: str) -> migrations.SeparateDatabaseAndState:
    """As AddIndex would have it, without building the index anew."""
    model = name.replace("_away", "").replace("_", "")
    index = django.contrib.postgres.indexes.GinIndex(fields=["vector"], name=name, **INDEXES[name], **WAITING)
    return migrations.SeparateDatabaseAndState(
        database_operations=[
            migrations.RunSQL(
                f"ALTER INDEX {name} SET (fastupdate = on, gin_pending_list_limit = 4096)",
                f"ALTER INDEX {name} SET (fastupdate = off); ALTER INDEX {name} RESET (gin_pending_list_limit)",
            )
        ],
        state_operations=[migrations.RemoveIndex(model, name), migrations.AddIndex(model, index)],
    )


class Migration(migrations.Migration):

    dependencies = [
        ('knowledge', '0027_authors_spelled'),
    ]

    operations = [changed(name) for name in INDEXES]
