"""Messages as pages of the city's two boards, with the habits of such sites.

Newest first, a few posts a page, a counter that changes with every read, menus and notices around the
text, and the HTML of the citizen's editor.
"""

from __future__ import annotations

from html import escape

from bs4 import BeautifulSoup

from intake.demo.interface_rows import local
from intake.demo.world import SOURCES, Happened, View, World

PER_PAGE = 15
ENCODINGS = {"rednet": "gb18030", "leaderboard": "utf-8"}

LOGIN_PAGE = """<!DOCTYPE html><html><head><title>用户登录</title></head><body>
<form action="/login" method="post"><label>用户名 <input name="user"></label>
<label>密码 <input type="password" name="password"></label><button>登录</button></form>
</body></html>"""


def list_page(world: World, source: str, page: int) -> str:
    """One page of the list; a page past the end shows the last one, as many sites do."""
    style = SOURCES[source].style
    entries: list[View | str] = [*reversed(world.views(source))]
    entries[3:3] = BROKEN_POSTS
    last = max(1, -(-len(entries) // PER_PAGE))
    page = min(max(page, 1), last)
    shown = [
        _dead_row(source, entry) if isinstance(entry, str) else _row(source, entry)
        for entry in entries[(page - 1) * PER_PAGE : page * PER_PAGE]
    ]
    links = "".join(f'<a href="?page={n}">{n}</a> ' for n in range(1, last + 1))
    if style == "rednet":
        body = f'<ul class="post-list">{"".join(shown)}</ul>'
    else:
        body = f'<div class="message-list">{"".join(shown)}</div>'
    return _site(source, "帖子列表", body + f'<div class="pager">{links}</div>')


BROKEN_POSTS = ("90001", "90002")
"""Posts whose detail page is an empty shell, and a page without any structure."""


def detail_page(world: World, source: str, external_id: str) -> str | None:
    """Return the page of one post; None where there is no such post."""
    if external_id == BROKEN_POSTS[0]:
        return _site(source, "帖子", '<div class="post"></div>')
    if external_id == BROKEN_POSTS[1]:
        return "<html><body><p>系统繁忙，请稍后再试"
    view = world.view_of(source, external_id)
    if view is None:
        return None
    reads = 100 + view.number * 7 + world.count_read(f"{source}/{external_id}")
    render = _rednet if SOURCES[source].style == "rednet" else _leaderboard
    return _site(source, escape(view.title), render(view, reads))


def _row(source: str, view: View) -> str:
    at, title = local(view.message.submitted_at), escape(view.title or "（无标题）")
    state = "已回复" if view.of_kind("official_reply") else "待回复"
    return _list_row(source, view.external_id, title, at, state)


def _dead_row(source: str, external_id: str) -> str:
    return _list_row(source, external_id, "（内容迁移中）", "2026-01-01 00:00:00", "待回复")


def _list_row(source: str, external_id: str, title: str, at: str, state: str) -> str:
    if SOURCES[source].style == "rednet":
        return (
            f'<li><a href="/{source}/content/{external_id}.html" target="_blank">{title}</a>'
            f'<em class="state">{state}</em><span class="time">{at}</span></li>'
        )
    return (
        f'<div class="message-item"><h2><a href="/{source}/threads/content?tid={external_id}">'
        f'{title}</a></h2><p><i class="state">{state}</i><i class="date">{at}</i></p></div>'
    )


def _rednet(view: View, reads: int) -> str:
    message = view.message
    withdrawn = '<div class="post-withdrawn">该帖已由发帖人撤回</div>' if view.withdrawn else ""
    return f"""
<div class="post"><h1 class="post-title">{escape(view.title)}</h1>
<div class="post-info"><span class="author">{escape(message.name or "匿名网友")}</span>
<span class="time">{local(message.submitted_at)}</span><span class="clicks">浏览 {reads} 次</span>
<span class="area" data-code="{message.form_area or ""}"></span>
<span class="column">{escape(message.form_category or "")}</span>
<span class="type">{escape(message.matter_type or "")}</span>
<span class="to">{escape(message.addressee or "")}</span>
<span class="phone{" virtual" if message.virtual else ""}">{escape(message.phone or "")}</span>
</div>
<div class="post-content">{_body(view)}</div>{withdrawn}</div>
<div class="follow-list">{"".join(_follow(e) for e in view.of_kind("follow_up"))}</div>
<div class="reply-list">{"".join(_reply(e) for e in view.of_kind("official_reply"))}</div>
{"".join(_rating(e) for e in view.of_kind("rating"))}
<div class="hot">热门推荐：<a href="#">关于文明上网的倡议</a></div>"""


def _follow(entry: Happened) -> str:
    return (
        f'<div class="follow" id="f{entry.number}"><span class="time">{local(entry.at)}</span>'
        f'<div class="text">{escape(entry.what.body)}</div></div>'
    )


def _reply(entry: Happened) -> str:
    return (
        f'<div class="reply" id="r{entry.number}"><b class="unit">{escape(entry.what.unit or "")}'
        f'</b><span class="time">{local(entry.at)}</span>'
        f'<div class="text">{escape(entry.what.body)}</div></div>'
    )


def _rating(entry: Happened) -> str:
    what = entry.what
    solved = {True: "已解决", False: "未解决", None: ""}[what.solved]
    satisfied = {True: "满意", False: "不满意", None: ""}[what.satisfied]
    return (
        f'<div class="rating" id="s{entry.number}"><span class="solved">{solved}</span>'
        f'<span class="satisfied">{satisfied}</span><span class="time">{local(entry.at)}</span>'
        f'<div class="text">{escape(what.body)}</div></div>'
    )


def _leaderboard(view: View, reads: int) -> str:
    message = view.message
    withdrawn = '<p class="revoked">留言人已撤回该留言</p>' if view.withdrawn else ""
    return f"""
<div class="thread"><h2 class="thread-title">{escape(view.title)}</h2>
<ul class="thread-meta"><li class="nick">{escape(message.name or "匿名网友")}</li>
<li class="date">{local(message.submitted_at)}</li>
<li class="domain">{escape(message.form_category or "")}</li>
<li class="kind">{escape(message.matter_type or "")}</li>
<li class="forum" data-area="{message.form_area or ""}">{escape(message.addressee or "")}</li>
<li class="tel{" virtual" if message.virtual else ""}">{escape(message.phone or "")}</li>
<li class="views">{reads}</li></ul>
<div class="thread-body">{_body(view)}</div>{withdrawn}</div>
<div class="answers">{"".join(_answer(e) for e in view.of_kind("official_reply"))}</div>
<div class="appends">{"".join(_append(e) for e in view.of_kind("follow_up"))}</div>
{"".join(_grade(e) for e in view.of_kind("rating"))}"""


def _answer(entry: Happened) -> str:
    return (
        f'<div class="answer" data-id="a{entry.number}"><h3>{escape(entry.what.unit or "")}</h3>'
        f'<i class="date">{local(entry.at)}</i><div class="say">{escape(entry.what.body)}</div>'
        "</div>"
    )


def _append(entry: Happened) -> str:
    return (
        f'<div class="append" data-id="p{entry.number}"><i class="date">{local(entry.at)}</i>'
        f'<div class="say">{escape(entry.what.body)}</div></div>'
    )


def _grade(entry: Happened) -> str:
    what = entry.what
    solved = {True: "解决", False: "未解决", None: ""}[what.solved]
    satisfied = {True: "满意", False: "不满意", None: ""}[what.satisfied]
    return (
        f'<div class="grade" data-id="g{entry.number}"><i class="date">{local(entry.at)}</i>'
        f'<b class="solve">{solved}</b><b class="satisfy">{satisfied}</b>'
        f'<div class="say">{escape(what.body)}</div></div>'
    )


def _body(view: View) -> str:
    if view.html is None:
        return escape(view.body).replace("\n", "<br>\n")
    return view.html if _stays_inside(view.html) else balanced(view.html)


def _stays_inside(fragment: str) -> bool:
    """Return whether a fragment leaves what follows it where it belongs."""
    soup = BeautifulSoup(f'<div id="in">{fragment}</div><i id="after"></i>', "html.parser")
    after = soup.find(id="after")
    return after is not None and after.parent is soup


def balanced(fragment: str) -> str:
    """Close what was left open and drop what closes too much, as a site's editor would."""
    return BeautifulSoup(fragment, "html.parser").decode(formatter="html")


def _site(source: str, title: str, body: str) -> str:
    charset = ENCODINGS[SOURCES[source].style]
    return f"""<!DOCTYPE html><html><head><meta charset="{charset}"><title>{title}</title></head>
<body><div class="nav"><a href="/">首页</a> | <a href="#">我要留言</a></div>
{body}
<div class="footer">技术支持 | 网站地图</div></body></html>"""
