"""Casework: commands become decisions, decisions become events. The desk, its clocks, and its views.

Open ``desk`` for what can be done, ``acting`` for how a command is decided, ``permission`` and ``visibility`` for who
may do and see what. Nothing here knows a database: ``store`` keeps what is decided.
"""

from govflow.casework import claims, lists
from govflow.casework.acting import Act
from govflow.casework.audit import Audit, Bad
from govflow.casework.case import Case
from govflow.casework.desk import Desk
from govflow.casework.directory import Directory, StandIn
from govflow.casework.due import Due, Extended, Pause
from govflow.casework.erasing import Erasure
from govflow.casework.explaining import Choice, Explanation
from govflow.casework.exports import to_csv, to_json
from govflow.casework.feed import Subscription
from govflow.casework.finding import Page, Where
from govflow.casework.identifiers import CountingIds, Ids, RandomIds
from govflow.casework.instants import Clock, ManualClock, SystemClock
from govflow.casework.lists import Item, Notice
from govflow.casework.migrating import Migration
from govflow.casework.money import Funds, Money, funds
from govflow.casework.opening import Open
from govflow.casework.past import AsOf
from govflow.casework.remarks import Attach, Extend, Note, Recuse
from govflow.casework.service import Engagement, ServiceRecord, send_record, service_record, service_records
from govflow.casework.slips import DemandSlip, DispatchSlip, Receipt, Slips, slips_of
from govflow.casework.statistics import Group, Statistics, Times
from govflow.casework.texts import Text

__all__ = [
    "Act",
    "AsOf",
    "Attach",
    "Audit",
    "Bad",
    "Case",
    "Choice",
    "Clock",
    "CountingIds",
    "DemandSlip",
    "Desk",
    "Directory",
    "DispatchSlip",
    "Due",
    "Engagement",
    "Erasure",
    "Explanation",
    "Extend",
    "Extended",
    "Funds",
    "Group",
    "Ids",
    "Item",
    "ManualClock",
    "Migration",
    "Money",
    "Note",
    "Notice",
    "Open",
    "Page",
    "Pause",
    "RandomIds",
    "Receipt",
    "Recuse",
    "ServiceRecord",
    "Slips",
    "StandIn",
    "Statistics",
    "Subscription",
    "SystemClock",
    "Text",
    "Times",
    "Where",
    "claims",
    "funds",
    "lists",
    "send_record",
    "service_record",
    "service_records",
    "slips_of",
    "to_csv",
    "to_json",
]
