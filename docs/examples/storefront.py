"""A page of a storefront with the balance panel on top, on every page: what the counterparty owes, and what is late.

python docs/examples/storefront.py http://127.0.0.1:8000 saldo_... ut11:...   (hub, key, counterparty)
"""

from __future__ import annotations

import json
import sys
from decimal import Decimal
from html import escape
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.request import Request, urlopen


def panel(hub: str, key: str, counterparty: str) -> str:
    address, head = f"{hub}/v1/counterparties/{counterparty}/summary", {"Authorization": f"Bearer {key}"}
    told, rows = json.load(urlopen(Request(address, headers=head), timeout=5)), ""
    for one in told["totals"] + told["contracts"]:
        name = (one.get("contract", {"name": "Total"}) or {"name": "Without a contract"})["name"]
        late = f"<em>{Decimal(one['overdue']):,} overdue</em>" if Decimal(one["overdue"]) else ""
        rows += f"<li><b>{escape(name)}</b><i>{Decimal(one['debt']):,} {one['currency']}</i>{late}</li>"
    state = told["freshness"]["state"]
    when = f"<p>As of {told['as_of']} <b>{state}</b></p>"
    return f'<aside class="{state}"><ul>{rows}</ul>{when}</aside>'


GOODS = ("Impact wrench, 1/2 in", "Work gloves, 12 pairs", "LED flood lamp, 50 W", "Torque set, 94 pcs")
STYLE = """
:root { color-scheme: light dark; --ink: light-dark(#1b2330, #e8ecf2); --soft: light-dark(#667085, #9aa6b8);
  --paper: light-dark(#f5f6f8, #12161c); --card: light-dark(#ffffff, #1b2129); --line: light-dark(#e4e7ec, #2b333e);
  --late: light-dark(#d92d20, #ff6f61); --warn: light-dark(#b54708, #f5b04c); }
body { margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, "Noto Sans", sans-serif; }
header { display: flex; gap: 2rem; align-items: center; padding: 1rem 2.5rem; background: var(--card); }
header b { font-size: 1.15rem; } header span { color: var(--soft); }
aside { display: flex; justify-content: space-between; align-items: end; gap: 2rem; padding: 1.1rem 2.5rem;
  background: var(--card); border-block: 1px solid var(--line); }
aside ul { display: flex; flex-wrap: wrap; gap: 0.6rem 2.4rem; margin: 0; padding: 0; list-style: none; }
aside li b { display: block; font-size: 0.8rem; font-weight: 500; color: var(--soft); }
aside li i { display: block; font-style: normal; font-weight: 650; font-variant-numeric: tabular-nums; }
aside li:first-child i { font-size: 1.35rem; line-height: 1.2; }
aside em { font-style: normal; font-weight: 650; color: var(--late); font-variant-numeric: tabular-nums; }
aside p { margin: 0; color: var(--soft); font-size: 0.8rem; white-space: nowrap; } aside p b { display: none; }
aside.stale { border-left: 6px solid var(--warn); } aside.stale p { color: var(--warn); }
aside.stale p b, aside.never p b { display: inline; padding: 0.1rem 0.6rem; border-radius: 1rem;
  background: var(--warn); color: var(--card); text-transform: uppercase; font-size: 0.7rem; }
main { display: grid; grid-template-columns: repeat(auto-fill, minmax(13rem, 1fr)); gap: 1.2rem; padding: 2rem 2.5rem; }
article { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.1rem; }
article div { aspect-ratio: 4 / 3; border-radius: 8px; margin-bottom: 0.8rem;
  background: linear-gradient(135deg, var(--line), var(--paper)); }
"""


def page(hub: str, key: str, counterparty: str) -> str:
    goods = "".join(f"<article><div></div>{escape(name)}</article>" for name in GOODS)
    return (
        f'<!doctype html><html lang="en"><meta charset="utf-8"><title>Dealer portal</title><style>{STYLE}</style>'
        "<header><b>Dealer portal</b><span>Catalogue</span><span>Orders</span><span>Documents</span></header>"
        f"{panel(hub, key, counterparty)}<main>{goods}</main></html>"
    )


def serve(hub: str, key: str, counterparty: str, port: int = 8080) -> ThreadingHTTPServer:
    """A server of this one page; the key stays on it and never reaches the browser."""

    class Shop(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            body = page(hub, key, counterparty).encode()
            self.send_response(200)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            """Quiet."""

    return ThreadingHTTPServer(("127.0.0.1", port), Shop)


if __name__ == "__main__":
    print("http://127.0.0.1:8080")
    serve(*sys.argv[1:4]).serve_forever()
