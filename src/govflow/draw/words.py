"""The words that a picture adds to a definition's own labels, in English and Chinese, and the choice of a label.

Every word of a drawing that is not a community's own stands here, once for each language. The labels of states,
levels and units come from the definition and never from this page.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from govflow.draw.text import clean
from govflow.errors import UnknownName

LANGUAGES = ("en", "zh")

_WORDS: Mapping[str, tuple[str, str]] = {
    "handlers": ("{n} handlers", "办理人员 {n} 名"),
    "handlers.one": ("1 handler", "办理人员 1 名"),
    "handlers.each": ("{n} handlers each", "各有办理人员 {n} 名"),
    "handlers.each.one": ("1 handler each", "各有办理人员 1 名"),
    "households": ("{n} households", "联系住户 {n} 户"),
    "households.one": ("1 household", "联系住户 1 户"),
    "households.each": ("{n} households each", "各联系住户 {n} 户"),
    "households.each.one": ("1 household each", "各联系住户 1 户"),
    "units": ("{n} units", "{n} 个"),
    "units.one": ("1 unit", "1 个"),
    "total": ("{each}, {n} in all", "{each}，共 {n}"),
    "conference": ("joint conference", "联席会议"),
    "under.each": ("{n} under each {superior}", "每个{superior}下设 {n} 个"),
    "every.1": ("every {day} {time}", "每{day} {time}"),
    "every.n": ("every {n} weeks, {day} {time}", "每 {n} 周{day} {time}"),
    "capacity": ("{n} matters a session", "每次 {n} 件"),
    "capacity.one": ("1 matter a session", "每次 1 件"),
    "more": ("and {n} more", "另有 {n} 个"),
    "organization": ("{name}: organization", "{name}：组织体系"),
    "panel": ("{n} {kind}", "{n} 个{kind}"),
    "department": ("departments", "职能部门"),
    "partner": ("partner units", "共建单位"),
    "team": ("work teams", "工作队"),
    "partners": ("partners", "共建"),
    "refers_to": ("refers to", "转办"),
    "assists": ("assists", "协助"),
    "covers": ("covers", "包联"),
    "pairs_with": ("pairs with", "结对"),
    "within": ("Ties that are not drawn", "未画出的联系"),
    "queue": ("queue: waits for a handler", "待办：等待办理人员"),
    "work": ("work: holds one handler", "在办：占用一名办理人员"),
    "wait": ("wait: holds nobody", "等待：不占用人员"),
    "final": ("final", "终结"),
    "legend": ("How to read it", "图例"),
    "up": ("to the superior unit", "上报上级"),
    "down": ("one step down", "退回下级"),
    "away": ("to a department or the joint conference", "转职能部门或联席会议"),
    "back": ("back to the unit that sent it", "返回原单位"),
    "clock": ("when a time limit runs out; in a box: limits that run there", "时限届满时；框内：在此计时的时限"),
    "clock.edge": ("dashed line: only a time limit takes this way", "虚线：仅因时限届满"),
    "anywhere": ("From every state that is not final", "任何未终结状态均可"),
    "internal": ("Nothing moves", "状态不变"),
    "stays": ("nothing moves", "状态不变"),
    "deadlines": ("Time limits", "时限"),
    "working": ("working time", "工作时间"),
    "elapsed": ("elapsed time", "自然时间"),
    "runs": ("in every state", "在所有状态计时"),
    "runs.but": ("in every state but {states}", "除{states}外均计时"),
    "others": ("elsewhere ", "其他层级 "),
    "comma": (", ", "、"),
    "colon": (": ", "："),
    "semicolon": ("; ", "；"),
    "overdue": ("overdue", "记为逾期"),
    "field": ("as the case says, at most {limit}", "依事项所定，最长 {limit}"),
    "by": ("by {who}", "由 {who}"),
    "when": ("when {guard}", "条件：{guard}"),
    "needs": ("needs {fields}", "须填 {fields}"),
    "mon": ("Monday", "周一"),
    "tue": ("Tuesday", "周二"),
    "wed": ("Wednesday", "周三"),
    "thu": ("Thursday", "周四"),
    "fri": ("Friday", "周五"),
    "sat": ("Saturday", "周六"),
    "sun": ("Sunday", "周日"),
}


def word(key: str, lang: str, **values: object) -> str:
    """Return the text of `key` in `lang`, with `values` filled in.

    >>> word("handlers", "en", n=3)
    '3 handlers'
    """
    return _WORDS[key][LANGUAGES.index(lang)].format(**values)


def listed(parts: Iterable[str], lang: str, mark: str = "comma") -> str:
    """Return parts as a list in one line, with the punctuation of the language.

    >>> listed(["停车", "噪声"], "zh")
    '停车、噪声'
    """
    return word(mark, lang).join(parts)


def counted(key: str, number: str | int, lang: str) -> str:
    """Return the text of `key` for a `number` of things, with its own form for exactly one.

    >>> counted("households", 1, "en")
    '1 household'
    """
    text = str(number)
    one = f"{key}.one"
    return word(one, lang) if text == "1" and one in _WORDS else word(key, lang, n=text)


def name(label: Mapping[str, str], lang: str, otherwise: str) -> str:
    """Return a label's text in `lang`, else in the other language, else in any, else `otherwise`.

    >>> name({"zh": "诉求"}, "en", "grievance")
    '诉求'
    """
    texts = (clean(label.get(tongue, "")) for tongue in (lang, *LANGUAGES, *sorted(label)))
    return next((text for text in texts if text), "") or clean(otherwise)


def known_language(lang: str) -> str:
    """Return `lang`; UnknownName where nothing is written in it."""
    if lang not in LANGUAGES:
        raise UnknownName("language", lang, LANGUAGES)
    return lang
