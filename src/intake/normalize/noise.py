"""What stands in a message and says nothing about the matter: glosses, page furniture, quoted mail."""

from __future__ import annotations

import re

from intake.normalize.traced import Traced

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
# Pages made "readable" by machine: 電話(huà), 德惠市(dé huì shì). Syllables with tone marks in brackets
# after an ideograph; brackets with anything else are the writer's.
_GLOSS = re.compile(
    rf"[(（](?<=[\u3400-\u9fff].)(?:[a-zü]{{0,3}}[{TONED}][a-z{TONED}]{{0,3}}"
    rf"|(?=[^()（）]{{0,6}}[{TONED}])[a-zü{TONED}]{{1,6}}(?:[ ·'’-]?[a-zü{TONED}]{{1,6}}){{1,11}}) ?[)）]",
    re.IGNORECASE,
)

_FURNITURE = re.compile(
    r"^(?:"
    r"(?:您(?:的|现在的|当前的|所在的)位置|当前位置|您所在的位置)[:：].{0,80}"
    r"|(?:浏览|点击|阅读|查看)(?:次数|量|数)?[:：] ?\d+(?: ?次)?"
    r"|[【\[(（]?(?:字体|字号)[:：]? ?(?:[大中小] ?){2,3}[】\])）]?|A\+ ?A-"
    r"|分享(?:到|至)?[:：]?|扫一扫.{0,20}|【?打印(?:本页)?】?(?: ?【?关闭(?:窗口)?】?)?"
    r"|[【\[(（]?(?:资料图片?|資料圖片?|本文地址)[】\])）]?"
    r"|[【\[(（]?(?:责任编辑|責任編輯|编辑|編輯)[:：].{0,12}[】\])）]?"
    r"|(?:上一篇|下一篇|相关推荐|相关新闻|推荐新闻)[:：]?.{0,60}"
    r"|(?:版权所有|主办单位|网站标识码|备案号)[:：]?.{0,60}"
    r"|.{0,40}(?:ICP备|公网安备) ?\d.{0,60}|(?:[Cc]opy ?[Rr]ight|©).{0,60}|.{0,30}版权所有"
    r"|(?:网站)?首页 ?[>＞»›].{0,60}"
    r"|(?:(?:关于我们|联系我们|网站地图|设为首页|加入收藏|版权声明|广告服务|网站声明|隐私政策|公司简介) ?[|｜]? ?)+"
    r"|(?:【?我要)?(?:评论|纠错|收藏|点赞|转发|分享)】?(?: ?[(（]?\d*[)）]?)?"
    r")$\n?",
    re.MULTILINE,
)
_QUOTE = re.compile(
    r"^(?:[ \t]*[-—_=]{2,} ?(?:原始邮件|原邮件|转发的邮件|转发邮件信息|回复的原邮件|Original Message)"
    r" ?[-—_=]{0,30}.*"
    r"|(?:发件人|From)[:：].{0,200}\n(?:(?:发送时间|日期|时间|Sent|Date|收件人|To|抄送|Cc)[:：].{0,300}\n?){1,5}"
    r"|(?:在 ?|On )[^\n]{4,160}(?:写道|wrote)[:：] *"
    r"|(?:[>＞][^\n]*(?:\n|\Z)){2,})",
    re.MULTILINE | re.IGNORECASE,
)
_QUOTED_FIRST = re.compile("[^\n>＞][^\n]*[:：] *\n(?:[>＞][^\n]*(?:\n|\\Z))+\n?")
_CLIENT = re.compile(
    r"^(?:发自我的.{1,20}|从我的.{1,20}发送|来自我的.{1,20}|发自(?:网易|QQ|新浪|139)邮箱.{0,20}"
    r"|从 ?(?:QQ|网易|Windows) ?.{0,10}邮[箱件].{0,12}|Sent from (?:my|Mail for) .{1,40}|获取 ?Outlook .{0,20}"
    r"|-- ?)$\n?",
    re.MULTILINE | re.IGNORECASE,
)
_LONGEST_LINE = 100  # a text of one line that is longer is no furniture
_CJK = re.compile("[\u3400-\u9fff]")


def drop_glosses(text: Traced) -> None:
    """Take machine-made pinyin after ideographs out; 通過(guò) → 通過. Real brackets stay."""
    if "(" in text.text or "（" in text.text:
        text.sub(_GLOSS, "")


def has_lines_to_cut(text: str) -> bool:
    """Say whether there is quoted mail or furniture: both are lines of their own."""
    if "\n" not in text:
        if len(text) > _LONGEST_LINE:
            return False
    elif _QUOTE.search(text):
        return True
    return _FURNITURE.search(text) is not None or _CLIENT.search(text) is not None


def drop_furniture(text: Traced) -> None:
    """Drop whole lines that a web page or a mail program put there, not the writer."""
    text.sub(_FURNITURE, "")
    text.sub(_CLIENT, "")
    text.strip()


def cut_quote(text: Traced) -> bool:
    """Cut quoted earlier mail off; a message that is nothing but a quotation (forwarded) is kept."""
    found = _QUOTE.search(text.text) if "\n" in text.text else None
    if found is None:
        return False
    if _CJK.search(text.text[: found.start()]):
        text.keep(0, found.start())
        return True
    quoted = _QUOTED_FIRST.match(text.text, found.start())
    if quoted is None or not _CJK.search(text.text[quoted.end() :]):
        return False
    text.keep(quoted.end(), len(text.text))  # the answer stands below what it answers
    return True
