"""Every fixed word that the command's answers say, in English and Chinese; labels come from the definition.

Help, notices and errors are English only. Figures, rules and labels have no place here.
"""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES = ("en", "zh")

_WORDS: Mapping[str, tuple[str, str]] = {
    # units of time
    "minutes": ("min", "分钟"),
    "hours": ("h", "小时"),
    "days": ("d", "天"),
    # heads of columns
    "name": ("name", "名称"),
    "community": ("community", "社区"),
    "level": ("level", "层级"),
    "levels": ("levels", "层级"),
    "unit": ("unit", "单元"),
    "units": ("units", "单元"),
    "handlers": ("handlers", "办理人员"),
    "households": ("households", "住户"),
    "source": ("source", "来源"),
    "figure": ("reported figure", "报道数字"),
    "value": ("value", "数值"),
    "given": ("given", "给定"),
    "reached": ("reached", "达到"),
    "said": ("reported", "报道"),
    "met": ("met", "相符"),
    "not_met": ("NOT MET", "不符"),
    "rate": ("rate", "指标"),
    "interval": ("95 % interval", "95 % 区间"),
    "n": ("n", "样本数"),
    "settlement": ("level of settlement", "办结层级"),
    "share": ("share", "占比"),
    "time": ("time", "时长"),
    "mean": ("mean", "平均"),
    "median": ("median", "中位数"),
    "p90": ("p90", "P90"),
    "p99": ("p99", "P99"),
    "open": ("still open", "未结"),
    "load": ("load by level", "各级负荷"),
    "busiest": ("busiest units", "最忙的单元"),
    "utilisation": ("busy", "忙碌率"),
    "waiting": ("cases waiting", "平均待办"),
    "waiting_at_end": ("at the end", "期末待办"),
    "taken": ("cases taken", "办理次数"),
    "settled": ("settled", "已结占比"),
    "by_day": ("by day", "第几天"),
    "at": ("at", "时间"),
    "event": ("what happened", "经过"),
    "deadline": ("by time limit", "时限"),
    "state": ("state after", "状态"),
    # values
    "outside": ("outside the hierarchy", "体系之外"),
    "exact": ("{n}", "{n}"),
    "at_least": ("at least {n}", "至少 {n}"),
    "at_most": ("at most {n}", "至多 {n}"),
    "about": ("about {n}", "约 {n}"),
    "nearly": ("nearly {n}", "近 {n}"),
    "opened": ("opened", "提出"),
    "initial": ("open at the start", "起始未结"),
    "overdue": ("overdue", "逾期"),
    "error": ("error", "错误"),
    "warning": ("warning", "警告"),
    "note": ("note", "提示"),
    "errors": ("{n} errors", "{n} 处错误"),
    "errors.one": ("1 error", "1 处错误"),
    "warnings": ("{n} warnings", "{n} 处警告"),
    "warnings.one": ("1 warning", "1 处警告"),
    "notes": ("{n} notes", "{n} 处提示"),
    "notes.one": ("1 note", "1 处提示"),
    # lines
    "heading": ("{label} ({name}), edition {edition}", "{label}（{name}），版本 {edition}"),
    "from_source": ("from: {source}", "来源：{source}"),
    "window": (
        "{days} days from {start}, then at most {drain} more until settled",
        "自 {start} 起 {days} 天，之后最多再 {drain} 天直至办结",
    ),
    "window.warmup": (
        "{days} days from {start}, the first {warmup} not counted, then at most {drain} more until settled",
        "自 {start} 起 {days} 天，前 {warmup} 天不计，之后最多再 {drain} 天直至办结",
    ),
    "run": (
        "replications: {replications}, seed: {seed}, cases simulated: {cases} (also those not measured)",
        "重复 {replications} 次，种子 {seed}，共模拟事项 {cases} 件（含不计入者）",
    ),
    "changed": ("changed: {key} = {value}", "改动：{key} = {value}"),
    "interrupted": (
        "INTERRUPTED: counted are only the {done} of {asked} replications that were finished",
        "已中断：只统计已完成的 {done} 次（共 {asked} 次）",
    ),
    "cases": (
        "{label}: {opened} opened and measured, {closed} of them closed, {open} still open",
        "{label}：计入 {opened} 件，其中结案 {closed} 件，未结 {open} 件",
    ),
    "backlog": (
        "backlog: {n} cases open at the start, on average {open} of them at the end; no rate above counts them",
        "积压：起始未结 {n} 件，结束时平均仍有 {open} 件；不计入上列指标",
    ),
    "intervals.many": (
        "Intervals are 95 %, Student's t over {n} replications.",
        "区间为 95 %，按 {n} 次重复的 t 分布。",
    ),
    "intervals.one": (
        "One replication: rates have Wilson's 95 % interval, times and load have none; ask for more --replications.",
        "仅一次重复：指标为 Wilson 95 % 区间，时长与负荷无区间；请增加 --replications。",
    ),
    "unknown": (
        "–: not known. No percentile is told whose rank lies among the cases still open.",
        "–：未知。排位落在未结事项中的分位数不予给出。",
    ),
    "provisional": (
        "The run goes beyond the last published holidays; from there on every week is taken as an ordinary one.",
        "运行超出已公布的节假日安排；其后按平常周计算，结果为暂定。",
    ),
    "assumed": (
        "What comes in, how long it takes and how it ends are assumptions of the definition, not measurements.",
        "来量、用时与结果均为定义中的假设，并非实测。",
    ),
    "reported": (
        "Figures that a report gives are listed by: govflow communities {name}",
        "报道给出的数字见：govflow communities {name}",
    ),
    "too_many": (
        "Single units are not listed in a community of so many; study.events() has what each of them did.",
        "单元过多，不逐一列出；各单元的办理情况见 study.events()。",
    ),
    "too_few": (
        "No single unit took {n} cases: none are ranked.",
        "没有单元办理满 {n} 件：不作排序。",
    ),
    "marked": (
        "Marked as assumptions: {n} of {all} counts, limits, arrivals and behaviours; the file names each source.",
        "标为假设：{all} 项数量、时限、来量与行为中的 {n} 项。各项来源见定义文件。",
    ),
    "matters": ("lifecycles: {names}", "流程：{names}"),
    "about_what": ("categories: {names}", "类别：{names}"),
    "ways_in": ("channels: {names}", "渠道：{names}"),
    "story": (
        "case {case} of replication {replication}: {lifecycle}, {category}, {channel}",
        "第 {replication} 次重复，事项 {case}：{lifecycle}，{category}，{channel}",
    ),
    "figures_met": (
        "{met} of {all} figures of the report are met; {given} more were given to begin with.",
        "报道数字中 {all} 项由过程得出，{met} 项相符；另 {given} 项为给定。",
    ),
    "record_whole": (
        "The record is whole: {events} events of {cases} cases.",
        "记录完整：{cases} 件事项，{events} 条记录。",
    ),
    "record_broken": ("The record is NOT whole.", "记录不完整。"),
    "way": ("the way there", "路径"),
    "sound": ("{name}: nothing found", "{name}：未发现问题"),
    "found": ("{name}: {counts}", "{name}：{counts}"),
    "events_written": ("events: {n} written to {file}", "记录：{n} 条，已写入 {file}"),
    "drawn": ("written: {file}", "已写入：{file}"),
}


def word(key: str, lang: str, /, **values: object) -> str:
    """Return the text of `key` in `lang`, with `values` filled in.

    >>> word("about", "zh", n=60)
    '约 60'
    """
    return _WORDS[key][LANGUAGES.index(lang)].format(**values)


def counted(key: str, number: int, lang: str) -> str:
    """Return the text of `key` for a number of things, with its own form for exactly one.

    >>> counted("errors", 1, "en"), counted("errors", 2, "en")
    ('1 error', '2 errors')
    """
    return word(f"{key}.one" if number == 1 else key, lang, n=number)


def label(texts: Mapping[str, str], lang: str, otherwise: str) -> str:
    """Return a definition's own label in a language, else in another, else the name itself.

    >>> label({"en": "parking", "zh": "停车"}, "zh", "parking")
    '停车'
    """
    return texts.get(lang) or texts.get("en") or next(iter(texts.values()), otherwise)
