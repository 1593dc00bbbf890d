"""What tools that check data put out, read: written after their documentation, as small as they come."""

from datetime import UTC, datetime
from typing import Any

import pytest

from knowledge.observing import Check, NotUnderstood, Observed, Outcome, read, read_all

SIX = datetime(2026, 11, 28, 6, 0, tzinfo=UTC)
Json = dict[str, Any]


def expectation(success: bool, **fields: Any) -> Json:
    config = {"type": "expect_column_values_to_not_be_null", "kwargs": {"column": "customer"}}
    return {"success": success, "expectation_config": config | fields, "result": {}, "meta": {}}


class TestGreatExpectations:
    V0: Json = {
        "success": False,
        "results": [
            {
                "success": False,
                "expectation_config": {
                    "expectation_type": "expect_column_values_to_be_unique",
                    "kwargs": {"column": "id", "batch_id": "b"},
                },
                "result": {"element_count": 1000, "unexpected_count": 3},
                "exception_info": {"raised_exception": False, "exception_message": None},
            },
            {
                "success": True,
                "expectation_config": {
                    "expectation_type": "expect_table_row_count_to_be_between",
                    "kwargs": {},
                },
            },
        ],
        "statistics": {"evaluated_expectations": 2, "successful_expectations": 1},
        "meta": {
            "expectation_suite_name": "orders.warning",
            "run_id": {"run_name": "nightly", "run_time": "2026-11-28T06:00:00+00:00"},
            "active_batch_definition": {"data_asset_name": "shop.orders", "datasource_name": "dwh"},
            "validation_time": "20261128T060000.000000Z",
        },
    }

    def test_a_validation_of_0(self) -> None:
        (seen,) = read(self.V0)
        assert (seen.source, seen.passed, seen.at, seen.dataset) == (
            "great_expectations",
            False,
            SIX,
            "shop.orders",
        )
        assert seen.checks[0] == Check(
            "expect_column_values_to_be_unique (id)", Outcome.FAILED, "3 unexpected values of 1000"
        )
        assert seen.summary == "1 of 2 checks failed: expect_column_values_to_be_unique (id)"
        assert seen.run == "nightly 2026-11-28T06:00:00+00:00 orders.warning"

    def test_a_validation_of_1(self) -> None:
        whole = {
            "success": True,
            "results": [expectation(True, id="e1")],
            "suite_name": "orders",
            "suite_parameters": {},
            "statistics": {},
            "meta": {"validation_id": "v1", "checkpoint_id": None},
            "id": "r1",
        }
        (seen,) = read(whole)
        assert (seen.passed, seen.at, seen.run) == (True, None, "v1 r1 orders")
        assert seen.summary == "1 check passed"

    def test_what_describe_puts_out(self) -> None:
        whole = {
            "success": False,
            "statistics": {"evaluated_expectations": 1},
            "expectations": [
                {"expectation_type": "expect_column_max_to_be_between", "success": False,
                 "kwargs": {"column": "price"}, "result": {"observed_value": 1e6}}
            ],
            "result_url": None,
        }  # fmt: skip
        (seen,) = read(whole)
        assert seen.checks == [
            Check("expect_column_max_to_be_between (price)", Outcome.FAILED, "observed 1000000.0")
        ]

    def test_a_checkpoint_has_several(self) -> None:
        other = self.V0 | {
            "success": True,
            "results": [expectation(True)],
            "meta": {"active_batch_definition": {}},
        }
        runs = {"a": {"validation_result": self.V0, "actions_results": {}}, "b": other}
        for whole in (
            {"success": False, "run_results": runs, "run_id": {"run_name": "x"}},
            {"success": False, "validation_results": [self.V0, other]},
        ):
            assert [seen.passed for seen in read(whole)] == [False, True]

    def test_what_is_only_a_warning_there_is_one_here(self) -> None:
        """Great Expectations says `success: false` of it all the same: its severity counts, not that."""
        failed = [expectation(False, severity="warning"), expectation(True)]
        for success in (True, False):
            (seen,) = read({"success": success, "results": failed})
            assert (seen.passed, seen.counts) == (True, {"warned": 1, "passed": 1})
            assert seen.summary == "2 checks passed, 1 of them with a warning"
        (seen,) = read({"success": False, "results": [*failed, expectation(False, severity="critical")]})
        assert not seen.passed

    def test_a_failure_that_no_expectation_tells_is_one(self) -> None:
        (seen,) = read({"success": False, "results": [expectation(True)]})
        assert not seen.passed

    def test_an_expectation_that_broke_says_how(self) -> None:
        broken = expectation(False) | {
            "exception_info": {"raised_exception": True, "exception_message": "no column customer"}
        }
        (seen,) = read({"success": False, "results": [broken]})
        assert seen.checks[0].detail == "no column customer"


class TestSoda:
    def scan(self, *checks: Json, **fields: Any) -> Json:
        return {
            "definitionName": "nightly",
            "defaultDataSource": "dwh",
            "dataTimestamp": "2026-11-28T06:00:00+00:00",
            "scanStartTimestamp": "2026-11-28T06:00:00+00:00",
            "hasErrors": False,
            "hasWarnings": False,
            "hasFailures": False,
            "checks": list(checks),
        } | fields

    def check(self, outcome: object, table: str = "orders", **fields: Any) -> Json:
        return {"name": "row_count > 0", "table": table, "column": None, "outcome": outcome} | fields

    def test_each_table_is_observed(self) -> None:
        scan = self.scan(
            self.check("pass"),
            self.check("fail", "customers", outcomeReasons=[{"code": "x", "message": "0 rows"}]),
            self.check("warn", "orders", diagnostics={"value": 3}),
            hasFailures=True,
        )
        customers, orders = read(scan)
        assert (customers.dataset, customers.passed, customers.at) == ("customers", False, SIX)
        assert customers.checks == [Check("row_count > 0", Outcome.FAILED, "0 rows")]
        assert (orders.dataset, orders.passed, orders.counts) == ("orders", True, {"warned": 1, "passed": 1})
        assert orders.run == "2026-11-28T06:00:00+00:00 nightly"

    def test_a_check_that_was_not_run_decides_nothing(self) -> None:
        (seen,) = read(self.scan(self.check(None), self.check("pass")))
        assert (seen.passed, seen.counts) == (True, {"passed": 1, "skipped": 1})
        with pytest.raises(NotUnderstood, match="neither good nor bad"):
            read(self.scan(self.check(None)))

    def test_a_scan_that_ended_with_errors_is_no_pass(self) -> None:
        (seen,) = read(self.scan(self.check(None), hasErrors=True))
        assert (seen.passed, seen.summary) == (False, "The scan ended with errors")


class TestDbt:
    def run(self, *results: Json) -> Json:
        about = {
            "dbt_schema_version": "https://schemas.getdbt.com/dbt/run-results/v6.json",
            "generated_at": "2026-11-28T06:00:00.000000Z",
            "invocation_id": "i1",
        }
        return {"metadata": about, "args": {"which": "test"}, "elapsed_time": 1.5, "results": list(results)}

    def result(
        self, status: str, unique_id: str = "test.shop.not_null_orders_id.1a2b", **fields: Any
    ) -> Json:
        return {
            "status": status,
            "unique_id": unique_id,
            "failures": 0,
            "message": None,
            "timing": [],
        } | fields

    def test_all_tests_of_a_run_are_of_the_dataset_that_it_is_sent_to(self) -> None:
        (seen,) = read(self.run(self.result("fail", message="Got 3 results, configured to fail if != 0"),
                                self.result("pass", "test.shop.unique_orders_id.3c")))  # fmt: skip
        assert (seen.source, seen.passed, seen.at, seen.run) == ("dbt", False, SIX, "i1")
        assert seen.checks[0] == Check(
            "not_null_orders_id", Outcome.FAILED, "Got 3 results, configured to fail if != 0"
        )

    @pytest.mark.parametrize(
        ("status", "passed"),
        [
            *[("pass", True), ("success", True), ("warn", True), ("fail", False), ("error", False)],
            *[("runtime error", False), ("partial success", False)],
        ],
    )
    def test_every_status_has_a_meaning(self, status: str, passed: bool) -> None:
        assert [seen.passed for seen in read(self.run(self.result(status)))] == [passed]

    def test_what_was_skipped_tells_nothing(self) -> None:
        for results in ([], [self.result("skipped")]):
            with pytest.raises(NotUnderstood, match="neither good nor bad"):
                read(self.run(*results))
        with pytest.raises(NotUnderstood, match="is to be one of"):
            read(self.run(self.result("great")))

    def test_a_manifest_tells_which_tests_are_of_which_model(self) -> None:
        run = self.run(
            self.result("fail"),
            self.result("pass", "test.shop.relationships.9"),
            self.result("success", "model.shop.items"),
            self.result("skipped", "model.shop.later"),
        )
        manifest = {
            "nodes": {
                "test.shop.not_null_orders_id.1a2b": {"attached_node": "model.shop.orders"},
                "test.shop.relationships.9": {
                    "depends_on": {"nodes": ["model.shop.items", "source.shop.raw.users"]}
                },
                "model.shop.orders": {"relation_name": '"dwh"."shop"."orders"', "name": "orders"},
            },
            "sources": {"source.shop.raw.users": {"relation_name": '"dwh"."raw"."users"', "name": "users"}},
        }
        found = read_all({"result": run, "manifest": manifest, "datasets": {"items": "shop.items"}})
        assert [(seen.dataset, seen.passed, names) for seen, names in found] == [
            ("model.shop.items", True, ["shop.items"]),
            ("model.shop.orders", False, ["model.shop.orders", '"dwh"."shop"."orders"', "orders", "orders"]),
            (
                "source.shop.raw.users",
                True,
                ["source.shop.raw.users", '"dwh"."raw"."users"', "users", "raw.users"],
            ),
        ]

    def test_without_one_a_test_is_named_by_who_sends_it(self) -> None:
        body = {"result": self.run(self.result("fail")), "datasets": {"not_null_orders_id": "shop.orders"}}
        assert [names for _, names in read_all(body)] == [["shop.orders"]]


class TestEvidently:
    def suite(self, *statuses: str) -> Json:
        tests = [{"name": f"Test {status}", "description": "d", "status": status} for status in statuses]
        return {"version": "0.4.40", "tests": tests, "summary": {"all_passed": "FAIL" not in statuses},
                "timestamp": "2026-11-28 06:00:00.000000"}  # fmt: skip

    def test_a_suite(self) -> None:
        (seen,) = read(self.suite("SUCCESS", "FAIL", "WARNING"))
        assert (seen.source, seen.passed, seen.at) == ("evidently", False, SIX)
        assert seen.checks[0] == Check("Test FAIL", Outcome.FAILED, "d")
        assert [one.passed for one in read(self.suite("SUCCESS", "WARNING"))] == [True]
        assert [one.passed for one in read(self.suite("ERROR"))] == [False]

    def test_a_run_of_newer_ones(self) -> None:
        whole = {
            "metrics": [{"id": "m", "metric_id": "RowCount()", "value": 3}],
            "tests": [{"id": "t", "name": "Row count", "description": "3 < 10", "status": "TestStatus.FAIL"}],
        }
        (seen,) = read(whole)
        assert (seen.passed, seen.checks) == (False, [Check("Row count", Outcome.FAILED, "3 < 10")])

    def test_drift_of_older_reports(self) -> None:
        def report(drift: object) -> Json:
            result = {"dataset_drift": drift, "number_of_drifted_columns": 4}
            return {"metrics": [{"metric": "DatasetDriftMetric", "result": result}], "version": "0.4"}

        assert [seen.passed for seen in read(report(False))] == [True]
        (seen,) = read(report(True))
        assert (seen.passed, seen.checks[0].detail) == (False, "4 columns drifted")
        with pytest.raises(NotUnderstood, match="run it with tests"):
            read(report(None))


class TestPlain:
    def test_the_whole_form(self) -> None:
        (seen,) = read(
            {
                "passed": False,
                "summary": "Late\nload",
                "at": "2026-11-28T07:00:00+01:00",
                "run": 7,
                "source": "cron",
                "checks": [{"name": "rows", "passed": False, "detail": "0"}, {"passed": True}],
            }
        )
        assert (seen.source, seen.passed, seen.at, seen.run, seen.summary) == (
            "cron",
            False,
            SIX,
            "7",
            "Late load",
        )
        assert seen.counts == {"failed": 1, "passed": 1}

    def test_the_shortest(self) -> None:
        assert read({"passed": True}) == [Observed("plain", True, checks=[])]

    def test_what_says_two_things_says_none(self) -> None:
        with pytest.raises(NotUnderstood, match="one of its checks is not"):
            read({"passed": True, "checks": [{"passed": False}]})

    def test_of_many_checks_those_that_failed_are_kept(self) -> None:
        checks = [{"name": str(number), "passed": number != 99} for number in range(100)]
        (seen,) = read({"passed": False, "checks": checks})
        assert (len(seen.checks), seen.checks[0].name, seen.counts["passed"]) == (50, "99", 99)


@pytest.mark.parametrize(
    "body",
    [
        *[None, 3, "x", [], {}, {"success": True}, {"results": "x", "success": True}, {"tests": []}],
        *[{"checks": {}, "hasFailures": True}, {"metrics": []}, {"passed": None}, {"passed": 1}],
        {"success": "yes", "results": [expectation(True)]},
        {"success": True, "results": []},
        {"success": True, "run_results": {}},
        {"success": True, "run_results": {"a": 1}},
        {"success": True, "results": [{"success": 1, "expectation_config": {}}]},
        {"hasFailures": True, "checks": [{"outcome": ["fail"]}]},
        {"hasFailures": True, "checks": [{"outcome": "good"}]},
        {"results": [{"unique_id": 3, "status": None}]},
    ],
)
def test_what_is_no_result_is_refused_in_words(body: Any) -> None:
    with pytest.raises(NotUnderstood, match=r"\w{3}"):
        read(body)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ([], "send what"),
        ({"observations": [{"passed": True}]}, "of which dataset"),
        ({"result": [], "datasets": {}}, "send what"),
        ({"result": {"passed": True, "dataset": "x"}, "datasets": []}, "is to map"),
        ({"result": {"passed": True, "dataset": "x"}, "datasets": {"x": 3}}, "is to map"),
        ({"observations": [{"passed": True, "dataset": "x"}] * 501}, "500 at a time"),
    ],
)
def test_of_several_it_has_to_say_which(body: Any, why: str) -> None:
    with pytest.raises(NotUnderstood, match=why):
        read_all(body)


def test_one_result_may_be_told_by_its_tools_name_or_ours() -> None:
    body = {"result": {"passed": True, "dataset": "orders"}, "datasets": {"orders": "shop.orders"}}
    assert [names for _, names in read_all(body)] == [["shop.orders"]]
    assert [names for _, names in read_all({"passed": True, "dataset": "orders"})] == [["orders"]]
