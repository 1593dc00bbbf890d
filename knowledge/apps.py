from django.apps import AppConfig
from django.db.backends.signals import connection_created


class KnowledgeConfig(AppConfig):
    name = "knowledge"
    verbose_name = "Knowledge"

    def ready(self) -> None:
        from knowledge.models.prepared import plan_for_any

        connection_created.connect(plan_for_any, dispatch_uid="plan_for_any")
