"""What the API tells of insights and their readings, field by field."""

from typing import Any

from rest_framework import serializers

from knowledge.models import Insight
from knowledge.trust import WORDS

STATES = Insight.State.choices
TRUST = [(word, label) for word, (label, _, _) in WORDS.items()]


class ReadingSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField(
        help_text="A number, a truth, a text, or {columns, rows}; also of what is withdrawn."
    )
    exact = serializers.CharField(
        allow_null=True, help_text="The number with all of its digits; null where a float says it all."
    )
    unit = serializers.CharField()
    as_of = serializers.CharField(allow_null=True, help_text="The day or moment that it is of.")
    interval = serializers.ListField(
        child=serializers.FloatField(), allow_null=True, help_text="Its lower and its upper bound."
    )
    dimensions = serializers.DictField(child=serializers.CharField())
    published_at = serializers.DateTimeField()
    post = serializers.IntegerField(allow_null=True, help_text="The id of its post; null once that is gone.")
    revision = serializers.IntegerField(help_text="The number of the post's revision that said it.")
    commit = serializers.CharField()
    cell = serializers.CharField(allow_null=True, help_text="The place in the page of who put it out.")
    authors = serializers.ListField(child=serializers.CharField())
    reviewed_by = serializers.ListField(child=serializers.CharField(), help_text="Who approved the revision.")
    reason = serializers.CharField(help_text="The first line of the commit's message.")


class PreviousSerializer(serializers.Serializer[Any]):
    value = serializers.JSONField()
    exact = serializers.CharField(allow_null=True, help_text="As above.")
    unit = serializers.CharField()
    as_of = serializers.CharField(allow_null=True)
    revision = serializers.IntegerField()
    published_at = serializers.DateTimeField()


class FixedLimitsSerializer(serializers.Serializer[Any]):
    min = serializers.FloatField(allow_null=True)
    max = serializers.FloatField(allow_null=True)
    max_change = serializers.FloatField(
        allow_null=True, help_text="From one reading to the next, up or down."
    )


class ControlSerializer(serializers.Serializer[Any]):
    centre = serializers.FloatField()
    low = serializers.FloatField()
    high = serializers.FloatField()
    readings = serializers.IntegerField(help_text="How many they rest on.")


class LimitsSerializer(serializers.Serializer[Any]):
    fixed = FixedLimitsSerializer(help_text="Those that its author declares.")
    control = ControlSerializer(
        allow_null=True, help_text="Those that its history sets; null before it does."
    )


class OutsideSerializer(serializers.Serializer[Any]):
    rule = serializers.CharField()
    message = serializers.CharField()


class InsightSerializer(ReadingSerializer):
    space = serializers.CharField()
    name = serializers.CharField()
    title = serializers.CharField()
    status = serializers.ChoiceField(STATES)
    trust = serializers.ChoiceField(TRUST, help_text="Whether it can be relied on, in a word.")
    trust_reasons = serializers.ListField(
        child=serializers.CharField(), help_text="What weighs most is first."
    )
    trust_next = serializers.CharField(help_text="What to do; empty where nothing is to be done.")
    previous = PreviousSerializer(allow_null=True, help_text="What it was before.")
    delta = serializers.FloatField(
        allow_null=True, help_text="By how much it changed, of numbers in the same unit."
    )
    delta_exact = serializers.CharField(
        allow_null=True, help_text="With all of its digits; null where a float says it all."
    )
    url = serializers.CharField(help_text="Its page.")
    post_url = serializers.CharField(allow_null=True, help_text="The page of its post, at the place.")
    history = serializers.CharField(help_text="All of its readings, by the API.")
    limits = LimitsSerializer()
    outside = OutsideSerializer(many=True, help_text="The rules of its limits that it breaks.")
