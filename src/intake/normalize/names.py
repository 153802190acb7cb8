"""People's names, where a frame says that one follows: 我叫…, 联系人:…, a number, the end of a letter.

Names without a frame stay: an official named in their function (王局长) is not the citizen's identity,
and a surname alone says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence

from intake.normalize.findings import Found
from intake.normalize.name_words import (
    COMPOUND,
    GIVEN,
    MINORITY,
    NO_GIVEN,
    NO_NAME,
    NO_NAMES,
    RARE_SURNAMES,
    SURNAMES,
)

_SURNAME = rf"(?:{COMPOUND}|[{SURNAMES}])"
# 买买提·艾力: the dot says that it is a name.
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,7}(?:[·•‧・][\u4e00-\u9fff]{1,8}){1,2}")
# How people call each other, and themselves to an office; 主任 and 局长 are functions.
_TITLE = "先生|女士|小姐|老师|师傅|大爷|大妈|大娘|大叔|大姐|阿姨|同学|老人|某某|某"
_TITLED = re.compile(rf"{_SURNAME}(?:{_TITLE})(?!傅|生|人的)")
_PLAIN = re.compile(
    rf"(?:(?:{COMPOUND})|(?P<single>[{SURNAMES}]))(?P<given>[\u4e00-\u9fff]{{1,2}})"
)
_PLACES = (
    "小区|花园|家园|公寓|大厦|广场|公司|集团|学校|学院|小学|中学|大学|医院|酒店|饭店|超市|幼儿园"
)
_PLACES += "|业主|住户|居民|村民|员工|职工|家长"
_PLACE = rf"{_PLACES}|(?<!住)院|[村镇乡县市区路街巷桥城府苑庭园湾厂店社库站]|(?<=[花名新丽])都"
# What no name of a place begins with: 我女儿王小明在幼儿园.
_IN_NAME = r"(?![是在住来叫和与到去从于被说向因由称想要认也就已])[\u4e00-\u9fff]"
# 我是高林仕家小区的住户.
_OF_A_PLACE = re.compile(rf"(?:{_IN_NAME})?(?:{_PLACES})")
# Written as names are, so that it is one whatever follows: 我母亲庞桂芝常年卧床. Not 我是金海明珠小区的.
_SHAPE_ENDS = (
    rf"(?<!{NO_GIVEN})(?!(?<=学)[校生习]|(?<=小)学|(?:{_IN_NAME}){{0,2}}?(?:{_PLACE})"
    rf"|(?:{_IN_NAME}){{1,6}}?的(?:业主|住户|居民|村民))"
)
_SHAPE = rf"(?:(?:{COMPOUND})[{GIVEN}]{{1,2}}|[{SURNAMES}][{GIVEN}]{{2}}){_SHAPE_ENDS}"
_SHAPED = re.compile(rf"{_SHAPE}|[{RARE_SURNAMES}][{GIVEN}]{{2}}{_SHAPE_ENDS}")
# 村民代表:王小明、李大海, 我们是王小明和李小红夫妻.
_NEXT = re.compile(
    rf"(?:[、/]|和|与|及) ?(?P<name>{_SHAPE}|[{SURNAMES}][{GIVEN}](?=[、，,。；;/\s]|$))"
    rf"|[，,] ?(?P<listed>{_SHAPE})(?=[、，,。；;/\s]|$)"
)
_OTHER = re.compile(
    rf"(?:{MINORITY})[\u4e00-\u9fff]{{0,4}}?(?=[\s，,。.；;、:：(（]|$|的|[来家现住]|在)"
)
_NICKNAME = re.compile(
    r"[小老阿](?![区学时孩师人公婆板家乡年])[\u4e00-\u9fff](?=[\s，,。；;、(（]|$)"
)
# 王 伟: two characters set as wide as three.
_SPACED = re.compile(rf"(?:[{SURNAMES}]|{COMPOUND}) [\u4e00-\u9fff](?=[\s，,。；;、(（]|$)")
_FUNCTION = re.compile(
    r"(?:主任|书记|经理|[局市县镇乡区省州校院处科所站队村组社部司厂店会董班排连营团]长|总|主席|委员|科员|代表"
    r"|律师|法官|警官|医生|护士|老板|助理|秘书)"
)
# Unmistakable ends of a name.
_DELIMITED = re.compile(
    r"[\s，,。.、；;：:!！?？()（）\[\]【】<>《》/|0-9+*＊—_~～…-]|$"
    r"|先生|女士|小姐|同志|电话|手机|联系|微信|身份|家住|家在|现住|住在|住院|我住|现在|现年|今年|年龄|男[，,、\s]"
    r"|女[，,、\s]|性别|系(?!统|列|数)|反映|投诉|举报|咨询|来电|想要|想问|想反|来自|因为|由于|日期|户籍|出生|生于|在此"
    r"|妻子|丈夫|父亲|母亲|儿子|女儿|家属|爱人|被|说[:：]|上[学班幼小初高大]|向[您你贵领市县有政]|于[0-9今去前昨本]"
    r"|是一|是[^，。]{1,12}(?:人|民|户|主|工|生|员|的)"
)
# May also be the last character of a name.
_WORD_FOLLOWS = re.compile(
    "[等是系在想要于因的之住家来从去和与跟也都已曾有没不会对把给让请求申退买租就一男女该本我今目此]"
)
# Whatever of these is put together is a word for who reports, and a name may follow.
# Not who is reported: 被举报人.
_REPORTER = (
    "(?<!被.)(?<=[联来投反举申诉留上信报委当受求建缴参开收写咨])"
    "[系络电信诉映报请求言访修警案托事害助议费保户件询]人"
)
_NEVER_LAST = frozenset("是在的说于被把吗呢吧等")
# Hardly ever is.
_SELDOM_LAST = re.compile("[是系在想要于因的之从和与跟也都已曾没不会向对把给让请求就该此]")
_STRONG = (
    rf"{_REPORTER}|(?<=[姓署签户])名|(?<=户)主(?:姓名)?|(?<=落)款|(?<=名)字(?:叫|是)|(?<=[我俺])(?:名?叫|的名字[叫是])"
    r"|(?<=本)人(?:姓名|名?叫)"
)
# These name a person only as a label: 业主:王小明.
_LABELS = (
    "名字 业主 车主 机主 房主 患者 学生 村民 居民 市民 法人 代表人 代表 群众 租户 老人 孩子 逝者 死者 联名 "
    "敬礼 网友 作者 商户 职工 员工 户名 家长"
)
_KIN = (
    "媳妇 老妈 老爸 妈 爸 哥 姐 弟 妹 爷 奶 父亲 爸爸 老父亲 母亲 妈妈 老母亲 丈夫 妻子 老公 老婆 爱人 儿子 "
    "女儿 孩子 小孩 爷爷 奶奶 外公 外婆 姥爷 姥姥 "
    "哥哥 弟弟 姐姐 妹妹 岳父 岳母 公公 婆婆 孙子 孙女 侄子 侄女 外甥 外甥女 "
    "对象 家属 表哥 表弟 表姐 表妹 大哥 二哥 大姐 二姐 "
    "大爷 大妈 大伯 大娘 二叔 三叔 舅舅 叔叔 伯伯 姑姑 姑妈 姨妈 嫂子 儿媳 女婿 前夫 前妻 男友 女友 男朋友 女朋友"
)


def _words(listed: str) -> str:
    return "|".join(sorted(listed.split(), key=len, reverse=True))


_SECOND = "系络电信诉映报请言访修警案托事害助议费保户件询名主款字叫的人是家" + "".join(
    sorted({word[0] for word in _KIN.split()})
)
_FRAME = re.compile(
    # 我 and the others are everywhere; the next character rules most of them out at once.
    rf"[我俺们本姓署签户落名联来投反举申诉留上信报委当受求建缴参开收写咨](?=[{_SECOND}])(?:"
    rf"(?P<strong>{_STRONG})】?(?: ?[:：|]|[是为叫])? ?"
    rf"|(?P<kin>(?<=[我俺])(?:的|家)?(?:{_words(_KIN)}))(?:名字叫|名叫|叫做|叫|名字是|姓名)?[:：是]?"
    r"|(?P<weak>(?<=[我俺们])是|(?<=本)(?<![基根日]本)人[是系为]?))"
)
# 产权人：王小明, 举报人（实名）：王小明; whoever deals with it (经办人, 负责人) does so in their function.
_LABEL = re.compile(
    "[:：](?:(?<=[人者].)(?<![办理责诉]人.)(?<!被..人.)|(?<=姓 名.)|(?<=[人者][(（]..[)）].)"
    f"|{'|'.join(f'(?<={word}.)' for word in _LABELS.split())}) ?"
)
# 我是某某镇某某村村民王小明，: who one is, and then the name, at the end of the clause.
_CLAUSE = re.compile(r"[^，。；、,.;!！?？\n（(]{2,36}")
_DESCRIBED = re.compile(
    r"(?:村民|居民|业主|职工|员工|市民|住户|家长|学生|农民|教师|个体户|群众|商户|租户|军人|老兵"
    r"|[省市县区镇乡村川]人|干部|党员|店主|工人|[0-9一二三四五六七八九十]户|的)"
    rf" ?(?P<name>{_SURNAME}[\u4e00-\u9fff]{{1,2}})$"
)
_ANY_NAME = re.compile(r"[\u4e00-\u9fff]{2,4}(?=[\s，,。;；/|]|$|性别|电话|手机)")
_BEFORE_NAME = "联系人 联系 找 我是 叫 租客 业主 居民 村民 住户 市民 邻居 家长 是 给 回复 致电"
_NUMBER_FOLLOWS = re.compile(
    r"(?:^|(?<=[\s，,。；;：:、!！?？(（)）\]—])"
    rf"|{'|'.join(f'(?<={word})' for word in _BEFORE_NAME.split())})"
    rf"(?P<name>{_SURNAME}(?:{_TITLE}|[\u4e00-\u9fff]{{1,2}})|[{RARE_SURNAMES}][{GIVEN}]{{2}})(?:的|本人)?"
    r"(?:[（(][\u4e00-\u9fff]{1,6}(?=[，,]))?"
    r"(?:[ ，,:：、(（/]{0,2}[男女]?[ ，,:：、(（/]{0,2}"
    r"(?:联系电话|电话号码|电话|手机号码|手机号|手机|联系方式|身份证号码|身份证号|身份证|微信|TEL|tel|Tel)?)"
    r"[:：是为]{0,2} ?$"
)
_ANY_SURNAME = re.compile(
    f"[{SURNAMES}{RARE_SURNAMES}{''.join(name[0] for name in COMPOUND.split('|'))}]"
)
_BEHIND_NUMBER = re.compile(
    rf" ?[(（]? ?(?P<name>{_SURNAME}(?:先生|女士|小姐|老师|师傅)"
    rf"|(?<=[(（]){_SURNAME}[\u4e00-\u9fff]{{1,2}}(?=[)）]))"
)
# 王小明，男，1965年生: what stands before a sex at the beginning of a sentence is nothing else.
_SEX = re.compile("[，,、 ][男女][，,、。 ]")
_SEXED = re.compile(rf"(?:^|[\n。；;:：])(?P<name>{_SURNAME}[\u4e00-\u9fff]{{1,2}}) ?$")
_BEFORE_SEX = 6
_BRACKETS = ("[", "]")
# 李伟的, 找李伟要钱; 李伟明小区 begins like it and is something else.
_REPEATED = (
    r"(?:(?<![\u4e00-\u9fff])|(?<=[找和与向跟给由被让把是])){name}(?![\u4e00-\u9fff]"
    r"(?<![的说在和与去来是也都因被家本已未今于就又还把将要对向从给让不没有等及同跟我他她你先女一到找]))"
)
_SAYS = ":：是为叫 】|"  # what stands between a label and a name; without it 姓名楼号 would be one
_CALLED = (
    "老板 经理 司机 工头 房东 队长 站长 教练 中介 店主 邻居 同事 同学 工友 朋友 "
    f"男子 男的 女的 女子 客户 师傅 本人 {_KIN}"
)
_WHO = (
    "贫困户 低保户 五保户 村民 居民 业主 住户 租户 市民 老人 患者 学生 孩子 家长 职工 军人 残疾人 受害人 死者 伤者 "
    "户主 房主 失主 机主 车主 承租人 承包人 当事人 参保人 投保人 被保险人 儿童 女童 男童 女孩 男孩 学员 "
    "原告 被告 申请人 上诉人 名字 农民工 民工 临时工 员工 女工 同事 邻居 同学 战友 朋友 工友 "
    "网友 老伴 闺女 姑娘 哥们 "
    "考生 男生 女生 病人 家人 工人 老乡 亲属 患者 受害者 消费者 求助者 志愿者 退伍兵 老兵 老党员 "
    "产权人 权利人 买受人 "
    "借款人 担保人 继承人 监护人 被害人 债务人 债权人 出租人 "
    f"{_KIN}"
)
_TELLS = (
    r"反映|来电|来信|投诉|举报|诉称|咨询|求助|称[，,:：]|[，,]?(?:现年|今年)?[0-9]{1,2}岁|[(（]?电话|[(（]?手机"
    "|在[^，。]{2,10}(?:上学|就读|上班|打工|住院)"
)
_BEGINS = SURNAMES + RARE_SURNAMES + "".join(name[0] for name in COMPOUND.split("|"))


def _after(words: Iterable[str]) -> str:
    """Match right behind any of the words, sorted by their last character: that and what a name begins
    with rule nearly all places out.
    """
    by_end: dict[str, list[str]] = {}
    for word in words:
        by_end.setdefault(word[-1], []).append(f"(?<={word})")
    return "|".join(f"{end}(?=[{_BEGINS}])(?:{'|'.join(behind)})" for end, behind in by_end.items())


_TOLD_OF = re.compile(
    rf"(?:{_after([*(f'{word}叫' for word in _CALLED.split()), *_WHO.split()])}"
    rf"|叫(?=[{_BEGINS}])(?:(?<=[，,、。；;(（\s]叫)|(?<=姓[{SURNAMES}]叫)|(?<=姓[{SURNAMES}][，,]叫)))"
    rf"(?:(?P<shaped>{_SHAPE}|(?!和)[{RARE_SURNAMES}][{GIVEN}]{{2}}(?=[，,。；;、\s(（]|$){_SHAPE_ENDS})"
    rf"|(?P<name>{_SURNAME}[\u4e00-\u9fff]{{1,2}})(?=(?P<end>{_TELLS}|[，,。；;、\s(（]|$)))"
)
# 王小明先生; and 王小明反映路灯不亮: at the beginning of a clause, by the verb, which is rarer than surnames.
_TELLING = re.compile(
    rf"[反来投举咨求先女老敬](?<=[{GIVEN}]{{2}}.)(?:(?=[映电信诉报询助])"
    rf"(?:(?<=[，,。；;：:!！?？好\s][{SURNAMES}]...)|(?<=^[{SURNAMES}]...))"
    rf"|(?=[生士人上])(?<=[先女老敬])(?<=[{SURNAMES}{RARE_SURNAMES}]...))"
)
_FAREWELL = r"(?:敬礼|致敬|谢谢|感谢|敬上|落款|[。!！?？…~～：:；;]|——|--)"
_NUMERAL = "[0-9〇零○一二三四五六七八九十]"
_DATE = (
    rf"(?:19|20|二[〇零○]){_NUMERAL}{{2}} ?[年./-] ?{_NUMERAL}{{1,3}}"
    rf"(?: ?[月./-] ?{_NUMERAL}{{1,3}} ?[日号]?|月)?"
)
_SIGNED = re.compile(
    rf"(?:{_FAREWELL}[!！。]?\s*\n\s*(?:[—-]{{1,2}} ?)?|(?:敬礼|谢谢|感谢)[!！。]? ?|[!！。] ?——? ?"
    r"|[!！。，,] ?(?=[^，。！!,\s]{2,4}(?:敬上|谨上|呈上)\s*$))"
    r"(?:(?:[\u4e00-\u9fff]{0,12}(?:居民|市民|村民|业主|网友|群众|住户|家长|员工|职工|学生|反映人|投诉人|落款|签名"
    r"|敬上))[:：]?\s{0,2})?"
    rf"(?P<name>{_SURNAME}(?:{_TITLE}|[\u4e00-\u9fff]{{1,2}})|[{RARE_SURNAMES}][{GIVEN}]{{2}})(?:敬上|上|谨上|留|呈)?\s*"
    rf"(?:[，,\n ]?\s*{_DATE}\s*|\n\s*\[[^\[\]\n]{{1,4}}\]\s*)*$"
)
_LAST_LINE = re.compile("[\n礼—]")
_TAIL = 80


def find(text: str) -> Iterator[Found]:
    """Find the names that a frame or a signature announces."""
    framed = set()
    for frame in _FRAME.finditer(text):
        framed.add(frame.end())
        span = _in_frame(text, frame)
        if span is not None:
            yield from _with_others(text, *span)
    if ":" in text or "：" in text:
        for label in _LABEL.finditer(text):
            if label.end() in framed or text[label.end() : label.end() + 1] in _BRACKETS:
                continue
            end = _name_end(text, label.end(), strong=True)
            if end is not None:
                yield from _with_others(text, label.end(), end)
    for sex in _SEX.finditer(text) if "男" in text or "女" in text else ():
        said = _SEXED.search(text, max(0, sex.start() - _BEFORE_SEX), sex.start())
        if said and _is_name(said["name"], strong=True):
            yield Found("name", *said.span("name"), said["name"])
    yield from _told_of(text)
    tail = max(0, len(text) - _TAIL)
    if _LAST_LINE.search(text, tail):
        signed = _SIGNED.search(text, tail)
        if signed and _is_name(signed["name"]):
            yield Found("name", *signed.span("name"), signed["name"])


def _with_others(text: str, start: int, end: int) -> Iterator[Found]:
    """Give a name, and those that are put beside it."""
    yield Found("name", start, end, text[start:end])
    further = _NEXT.match(text, end)
    while further and further[further.lastgroup or 0][:2] not in NO_NAMES:
        yield Found("name", *further.span(further.lastgroup or 0), further[further.lastgroup or 0])
        further = _NEXT.match(text, further.end())


def _told_of(text: str) -> Iterator[Found]:
    """Find people who are told of: 老板叫王小明, 村民王小明反映, 学生王小明在实验小学上学."""
    for telling in _TELLING.finditer(text):
        start = telling.start() - _LONG
        if _shape_end(text, start) is not None:
            yield Found("name", start, telling.start(), text[start : telling.start()])
    for told in _TOLD_OF.finditer(text):
        name = told["shaped"] or told["name"]
        if told["shaped"]:
            if name[:2] not in NO_NAMES:
                yield Found("name", *told.span("shaped"), name)
            continue
        called = told[0][0] == "叫"
        # 学生安全，: without a verb or a word for being called two characters are too few.
        certain = called or (len(name) > _SHORT and len(told["end"]) > 1)
        if certain and name[-1] not in _NEVER_LAST and _is_name(name):
            yield Found("name", *told.span("name"), name)


def beside(text: str, numbers: Sequence[Found]) -> Iterator[Found]:
    """Find the names right before or behind a telephone or identity number: 王小明 13800000000."""
    for number in numbers:
        before = max(0, number.start - 28)
        named = None
        if _ANY_SURNAME.search(text, before, number.start):
            named = _NUMBER_FOLLOWS.search(text, before, number.start)
        if named is None or not _is_name(named["name"]):
            named = _BEHIND_NUMBER.match(text, number.end)
        if named is not None and _is_name(named["name"]):
            yield Found("name", *named.span("name"), named["name"], number.own)


def may_repeat(name: str) -> bool:
    """Say whether a name is safe to look for by itself: 王小明 is, 阳光, 王某 and 市民 are not."""
    if "·" in name:
        return True
    return (
        len(name) > 2
        and _PLAIN.fullmatch(name) is not None
        and not _TITLED.match(name)
        and _is_name(name)
    )


def repeated(text: str, name: str) -> Iterator[Found]:
    """Find a name of two characters again; inside other words it means something else (高山)."""
    if _is_name(name):
        for match in re.finditer(_REPEATED.format(name=name), text):
            yield Found("name", match.end() - len(name), match.end(), name)


def _in_frame(text: str, frame: re.Match[str]) -> tuple[int, int] | None:
    start = frame.end()
    if text[start : start + 1] in _BRACKETS:
        return None  # taken out before: 我叫[姓名]
    end = _name_end(text, start, strong=frame["strong"] is not None)
    if end is not None:
        return start, end
    if (
        frame["strong"] and frame[0].rstrip()[-1] in ":："
    ):  # 联系人: whatever stands there is a name
        found = _ANY_NAME.match(text, start)
        listed = found is None or found[0][:2] in NO_NAMES or _FUNCTION.match(found[0], 1)
        if found and not listed and ("姓名" in frame[0] or _is_name(f" {found[0]}")):
            return found.span()
    if frame["weak"] or (frame["strong"] and text[start - 1] in ":："):
        clause = _CLAUSE.match(text, start)
        described = _DESCRIBED.search(clause[0]) if clause else None
        if described and _is_name(described["name"]):
            return start + described.start("name"), start + described.end("name")
    return None


def _name_end(text: str, start: int, *, strong: bool) -> int | None:
    """Give where the name that begins at ``start`` ends; None when there is none."""
    end = _end_by_context(text, start, strong=strong)
    return _shape_end(text, start) if end is None else end


def _shape_end(text: str, start: int) -> int | None:
    shaped = _SHAPED.match(text, start)
    return shaped.end() if shaped and shaped[0][:2] not in NO_NAMES else None


def _end_by_context(text: str, start: int, *, strong: bool) -> int | None:
    """Give where the name that begins at ``start`` ends; None when there is none.

    A name of three characters is tried before one of two, and a sure end before a likely one.
    """
    dotted = _DOTTED.match(text, start)
    if dotted:
        return dotted.end()
    other = _OTHER.match(text, start) or (_NICKNAME.match(text, start) if strong else None)
    if other:
        return other.end()
    titled = _TITLED.match(text, start)
    if titled:
        followed = _DELIMITED.match(text, titled.end())
        return titled.end() if followed or strong else None
    spaced = _SPACED.match(text, start) if strong else None
    if spaced:
        return spaced.end()
    plain = _PLAIN.match(text, start)
    if plain is None or _FUNCTION.match(text, start + len(plain["single"] or "  ")):
        return None
    ends = [plain.end() - n for n in range(len(plain["given"]))]
    for end in ends:
        if (
            text[end - 1] not in _NEVER_LAST
            and _DELIMITED.match(text, end)
            and _is_name(text[start:end], strong=strong and text[start - 1] in _SAYS)
        ):
            return end
    for end in ends:
        name = text[start:end]
        if _WORD_FOLLOWS.match(text, end) and not _SELDOM_LAST.match(name[-1]):
            if (text[end] == "的" and not strong) or _OF_A_PLACE.match(text, end):
                continue  # 我是万科的业主
            if _is_name(name):
                return end
    return None


_SHORT, _LONG, _MIDDLE = 2, 3, frozenset("子和有长时友")
_DATED = re.compile("[一二三四五六七八九十上下本今去前明每当全半]+[年月]")


def _is_name(name: str, *, strong: bool = False) -> bool:
    if _DATED.fullmatch(name[1:]):
        return False
    if name[:2] in NO_NAMES or _FUNCTION.fullmatch(name[1:]):
        return False
    if strong or re.fullmatch(_TITLE, name[1:]):
        return True
    # 子 and the like make no name of two characters, but stand in the middle of one of three: 李子轩.
    return NO_NAME.isdisjoint(name[2:] if len(name) == _LONG and name[1] in _MIDDLE else name[1:])
