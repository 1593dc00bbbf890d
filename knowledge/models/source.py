"""What a revision and a preview both hold: a document as git has it, and what its header says."""

from django.db import models


class Source(models.Model):
    """Which bytes they are, and what was read of them when they were taken in."""

    blob = models.CharField(max_length=40, help_text="git's name of the source bytes.")
    size = models.PositiveBigIntegerField(help_text="Bytes of source.")
    source_digest = models.CharField(
        max_length=64, help_text="SHA-256 of the source; its key in blob storage."
    )
    knitted_path = models.CharField(
        max_length=1000, blank=True, help_text="The file beside it that is shown in its place, if any."
    )
    knitted_blob = models.CharField(max_length=40, blank=True, help_text="git's name of that file's bytes.")
    title = models.CharField(max_length=500)
    header = models.JSONField(default=dict, help_text="As the author wrote it.")
    faults = models.JSONField(default=list, help_text="[{code, message, hint, line, cell}]")
    author_name = models.CharField(max_length=200, help_text="The commit's author.")
    author_email = models.CharField(max_length=320, blank=True)
    committed_at = models.DateTimeField()

    class Meta:
        abstract = True
