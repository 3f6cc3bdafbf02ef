"""A web application that embeds the desk: cases and the application's own table in one database, one transaction.

    pip install fastapi uvicorn && uvicorn --app-dir examples desk_fastapi:app

The desk's calls run in threads (`desk.wait`), so the loop is never blocked. Who the caller is, the application knows:
here it is a header, in real life a session. `by` is what the desk is told, and the desk decides what that allows.
What a client sends goes into a command as its fields, never as the arguments of a call: so it can name no other actor.
"""

from __future__ import annotations

import os
from typing import Annotated, Any

import sqlalchemy as sa
from fastapi import Body, FastAPI, Header, Request
from fastapi.responses import JSONResponse

import govflow as gf

engine = sa.create_engine(os.environ.get("DATABASE_URL", "sqlite:///desk-example.db"))
metadata = sa.MetaData()
tickets = sa.Table("ticket", metadata, sa.Column("case_id", sa.Text, primary_key=True), sa.Column("title", sa.Text))
metadata.create_all(engine)
desk = gf.Desk(gf.load("beida"), store=engine)
app = FastAPI(title="A community desk")

Caller = Annotated[str, Header(alias="X-Actor")]
Fields = Annotated[dict[str, Any], Body()]
PLACED = ("category", "channel", "household", "unit", "severity")  # what an opening says besides its fields


@app.exception_handler(gf.GovflowError)
async def told(_: Request, error: gf.GovflowError) -> JSONResponse:
    """Tell an error of the desk in its own words."""
    kinds = {gf.Refused: 403, gf.UnknownName: 404, gf.Conflict: 409, gf.UsageError: 422, gf.StoreError: 503}
    status = next((code for kind, code in kinds.items() if isinstance(error, kind)), 500)
    return JSONResponse({"detail": str(error)}, status)


def view(case: gf.Case) -> dict[str, Any]:
    """Return what the application shows of a case."""
    return {"id": case.id, "state": case.state, "unit": case.unit, "version": case.version}


def open_ticket(title: str, by: str, fields: dict[str, Any]) -> gf.Case:
    """Open a case and keep the application's row beside it: both are committed, or neither."""
    with engine.begin() as connection:
        placed = {name: fields.pop(name) for name in PLACED if name in fields}
        [case] = desk.joined(connection).batch([gf.Open("grievance", by, **placed, fields=fields | {"text": title})])
        connection.execute(tickets.insert(), {"case_id": case.id, "title": title})
        return case


@app.post("/tickets", status_code=201)
async def create(caller: Caller, title: Annotated[str, Body()], fields: Fields) -> dict[str, Any]:
    """Open a case."""
    return view(await desk.wait(open_ticket, title, caller, fields))


@app.post("/tickets/{case}/{trigger}")
async def act(case: str, trigger: str, caller: Caller, fields: Fields) -> dict[str, Any]:
    """Fire a trigger of a case."""
    [done] = await desk.wait(desk.batch, [gf.Act(case, trigger, caller, fields=fields)])
    return view(done)


@app.get("/inbox/{level}/{name}")
async def inbox(level: str, name: str, caller: Caller) -> list[dict[str, Any]]:
    """List the open cases at a unit that the caller may see."""
    page = await desk.wait(desk.inbox, f"{level}/{name}", by=caller)
    return [view(case) for case in page.cases]


@app.get("/tickets/{case}")
async def history(case: str, caller: Caller) -> list[dict[str, Any]]:
    """Tell the history of a case to whoever may see it."""
    events = await desk.wait(desk.history, case, by=caller)
    return [{"kind": event.kind, "at": event.at, "unit": event.unit} for event in events]
