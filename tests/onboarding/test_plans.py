"""Plans: the shipped ones are whole, a shop's own override them, and mistakes are said with their line."""

from pathlib import Path

import pytest

from bot.onboarding import plans
from bot.onboarding.blanks import as_read, blanks_in

GOOD = """\
name: Packer
includes: [general]
tasks:
  - key: gloves
    title: Fetch gloves and knife
    day: 0
    chapter: packing
guide:
  - key: packing
    title: How we pack
    text: |
      Twice around, tape on top. {{blank: which tape}}
objectives:
  - key: broken
    what: Parcels that arrive broken
    unit: "%"
    baseline: 3
    target: "{{blank: the share we want, in percent}}"
    by: 60
    asks: [20, 40]
    aim: retention
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    return tmp_path


def wrong(own: Path, text: str, name: str = "packer.yml") -> list[str]:
    (own / name).write_text(text, "utf-8")
    return [str(one) for one in plans.load(own).mistakes]


def test_it_ships_four_whole_plans() -> None:
    shipped = plans.load()
    assert shipped.mistakes == ()
    assert {"general", "digital-marketer", "customer-service-agent", "production-agent-abroad"} <= set(
        shipped.plans
    )
    for slug, plan in shipped.plans.items():
        assert plan.tasks[0].key == shipped.plans["general"].tasks[0].key, slug
        assert {task.by.partition(":")[0] for task in plan.tasks} >= {
            "hire",
            "manager",
            "buddy",
            "department",
        }
        assert min(task.day for task in plan.tasks) < 0
    for slug in set(shipped.plans) - {"general"}:
        assert shipped.plans[slug].objectives, slug


def test_it_ships_no_number_that_only_the_shop_can_know() -> None:
    for plan in plans.load().plans.values():
        for objective in plan.objectives:
            assert isinstance(objective.baseline, str)
            assert isinstance(objective.target, str)


def test_it_adds_a_shops_own_plan_with_what_it_includes(own: Path) -> None:
    assert wrong(own, GOOD) == []
    read = plans.load(own).plans
    assert read["packer"].own
    assert not read["general"].own
    keys = [task.key for task in read["packer"].tasks]
    assert keys[-1] == "gloves"
    assert "my-hours" in keys
    assert read["packer"].blanks[-2:] == ["which tape", "the share we want, in percent"]


def test_it_lets_a_file_of_the_same_name_replace_a_shipped_one(own: Path) -> None:
    assert wrong(own, "name: Ours\ntasks:\n  - {key: only, title: Only this, day: 0}\n", "general.yml") == []
    assert [task.key for task in plans.load(own).plans["general"].tasks] == ["only"]


def test_it_reads_a_file_again_when_it_was_changed(own: Path) -> None:
    assert wrong(own, GOOD) == []
    assert wrong(own, GOOD.replace("day: 0", "day: soon")) != []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("    day: 0\n", "", "packer.yml, line 4: “day” is missing"),
        ("    day: 0", "    dya: 0\n    day: 0", "line 6: there is no “dya” here; did you mean “day”?"),
        ("    day: 0", "    day: soon", "line 6: “day” cannot be “soon”"),
        ("    day: 0", "    day: 0\n    by: boss", "line 7: “by” is hire, manager, buddy or department:NAME"),
        ("Fetch gloves and knife", "x" * 80, "line 5: “title” is too long: at most 72 characters fit"),
        ("chapter: packing", "chapter: pakking", "line 7: there is no chapter “pakking”"),
        ("baseline: 3", "baseline: three", "line 17: “baseline” is a number, or a blank in quotes"),
        ("    baseline: 3", "    baseline: {{blank: x}}", "line 17: a blank stands in quotes"),
        ("asks: [20, 40]", "asks: [40, 20]", "line 20: “asks” are working days in order"),
        ("asks: [20, 40]", "asks: [20, 70]", "line 20: it would be asked after the day"),
        ("includes: [general]", "includes: [generel]", "line 2: there is no plan “generel” to include"),
        ("name: Packer", "name: Packer\nname: Again", "line 2: “name” stands here twice"),
        ("  - key: packing", "  - key: [", "this is not YAML that can be read"),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong_and_in_which_line(own: Path, old: str, new: str, said: str) -> None:
    assert old in GOOD
    sentences = wrong(own, GOOD.replace(old, new, 1))
    assert any(said in one for one in sentences), sentences
    assert "packer" not in plans.load(own).plans
    assert "general" in plans.load(own).plans


def test_it_never_shows_a_blank_as_a_fact() -> None:
    text = "Refund up to {{blank: the limit}}."
    assert blanks_in(text) == ["the limit"]
    assert as_read(text, {"the limit": "40.50 euros"}, "Diego") == "Refund up to 40.50 euros."
    assert as_read(text, {}, "Diego") == "Not written down yet: the limit. Ask Diego."


def test_it_leaves_out_only_what_cannot_be_said_yet() -> None:
    text = """
    We promise each of them:

    - Delivery within {{blank: the time}}.

    - **Ill**: write one line; no more
      is needed. From day {{blank: the day}} on we need a note. Get well.
    """
    shown = as_read(text, {"the time": "3 days"}, "Diego")
    assert shown.split("\n\n") == [
        "We promise each of them:",
        "- Delivery within 3 days.",
        "- **Ill**: write one line; no more is needed. Get well.",
        "Not written down yet: the day. Ask Diego.",
    ]
    # Nothing is announced that does not come.
    assert "We promise" not in as_read(text, {}, "Diego")


@pytest.mark.parametrize("slug", sorted(plans.load().plans))
def test_it_shows_no_bracket_to_anybody_who_is_new(slug: str) -> None:
    plan = plans.load().plans[slug]
    texts = [as_read(one.text, {}, "Diego") for one in plan.guide]
    texts += [as_read(task.about, {}, "Diego") for task in plan.tasks]
    assert all(not set("{}[]") & set(text) for text in texts)
    assert all(text.strip() for text in texts[: len(plan.guide)])
    assert len(plan.left({})) == len(plan.blanks) > len(plan.left({plan.blanks[0]: "known"}))
