"""People's names, where a frame says that one follows: 我叫…, 联系人:…, a number, the end of a letter.

Names without a frame stay: an official named in their function (王局长) is not the citizen's identity,
and a surname alone says nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from intake.normalize.findings import Found

# The surnames of more than 99 % of people, and the compound ones.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘蒋蔡余于杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤温常倪康牛樊葛岳齐庞颜庄聂章鲁岑柳俞翟鲍华欧游裴左关梅包宁曲焦卜成巩柴辛管柯房娄戚翁凌涂甘项祝"
    "缪耿骆詹阮卓苗尚霍童纪舒单靳路骨屈古季蒲谷尤冉邢安盛兰申桂简车符敖佟池褚艾盖席扈晏费"
    "易粟阳谈明喻操竺隋臧麻宫祁仇鄢禹帅揭匡敬蔺巫冼栗景仲滕楼占湛卞狄解苑辜班牟边宗刁郁丛窦阙闵姬全"
    "施时乔穆柏岩饶訾杭洪诸胥储封权商晋奚荀羊阴郗从宓蓬皮乐伏邬酆柏水昌云花党满米师练原"
)
_COMPOUND = (
    "欧阳|上官|司马|诸葛|司徒|东方|南宫|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯|端木|闻人|轩辕|澹台|呼延|独孤"
)
_SURNAME = rf"(?:{_COMPOUND}|[{_SURNAMES}])"
# 买买提·艾力: the dot says that it is a name.
_DOTTED = re.compile(r"[\u4e00-\u9fff]{1,7}(?:[·•‧・][\u4e00-\u9fff]{1,8}){1,2}")
# How people call each other, and themselves to an office; 主任 and 局长 are functions.
_TITLE = "先生|女士|小姐|老师|师傅|大爷|大妈|大娘|大叔|大姐|阿姨|同学|老人|某某|某"
_TITLED = re.compile(rf"{_SURNAME}(?:{_TITLE})(?!傅|生|人的)")
_PLAIN = re.compile(rf"(?:(?:{_COMPOUND})|(?P<single>[{_SURNAMES}]))(?P<given>[\u4e00-\u9fff]{{1,2}})")
_FUNCTION = re.compile(
    r"(?:主任|书记|经理|[局市县镇乡区省州校院处科所站队村组社部司厂店会董社班排连营团长]长|总|主席|委员|科员|代表|律师|法官|警官|医生|护士|老板|助理|秘书)"
)
# Unmistakable ends of a name.
_DELIMITED = re.compile(
    r"[\s，,。.、；;：:!！?？()（）\[\]【】<>《》/|0-9+*＊—_~～…-]|$|先生|女士|小姐|同志|电话|手机|联系|微信|身份|家住|家在|现住|住在|我住|现在"
    r"|现年|今年|年龄|系(?!统|列|数)|男[，,、\s]|女[，,、\s]|性别|反映|投诉|举报|咨询|来电|想要|想问|想反|来自|因为|由于|日期|户籍|出生|生于|在此|被"
    r"|是一|是[^，。]{1,12}(?:人|民|户|主|工|生|员|的)"
)
# May also be the last character of a name.
_WORD_FOLLOWS = re.compile("[是系在想要于因的之住家来从去和与跟也都已曾有没不会向对把给让请求申退买租就一男女该本我今目此]")
# Whatever of these is put together is a word for who reports, and a name may follow.
_REPORTER = "(?<=[联来投反举申诉留上信报委当受求建缴参开收写])[系络电信诉映报请求言访修警案托事害助议费保户件]人"
# Never is.
_NEVER_LAST = re.compile("[是系在想要于因的之从和与跟也都已曾没不会向对把给让请求就该此]")
_STRONG = (
    rf"{_REPORTER}|(?<=[姓署签])名|(?<=户)主(?:姓名)?|(?<=落)款|(?<=名)字(?:叫|是)|(?<=我)(?:名?叫|的名字[叫是])"
    r"|(?<=本)人(?:姓名|名?叫)"
)
# These name a person only as a label: 业主:王小明.
_LABELS = (
    "业主 车主 机主 房主 患者 学生 村民 居民 市民 法人 代表人 代表 群众 租户 老人 孩子 逝者 死者 "
    "敬礼 网友 作者 商户 职工 员工 户名 家长"
)
_KIN = (
    "父亲 爸爸 老父亲 母亲 妈妈 老母亲 丈夫 妻子 老公 老婆 爱人 儿子 女儿 孩子 小孩 爷爷 奶奶 外公 外婆 姥爷 姥姥 "
    "哥哥 弟弟 姐姐 妹妹 岳父 岳母 公公 婆婆 孙子 孙女 侄子 外甥 对象 家属"
)


def _words(listed: str) -> str:
    return "|".join(sorted(listed.split(), key=len, reverse=True))


_SECOND = "系络电信诉映报请言访修警案托事害助议费保户件名主款字叫的人是家" + "".join(
    sorted({word[0] for word in _KIN.split()})
)
_FRAME = re.compile(
    # 我 and the others are everywhere; the next character rules most of them out at once.
    rf"[我本姓署签户落名联来投反举申诉留上信报委当受求建缴参开收写](?=[{_SECOND}])(?:"
    rf"(?P<strong>{_STRONG})[:：是为叫]? ?"
    rf"|(?P<kin>(?<=我)(?:的|家)?(?:{_words(_KIN)}))(?:名字叫|名叫|叫做|叫|名字是|姓名)?[:：是]?"
    r"|(?P<weak>(?<=我)是|(?<=本)人[是系为]?))"
)
_LABEL = re.compile(f"[:：](?:{'|'.join(f'(?<={word}.)' for word in _LABELS.split())}) ?")
# 我是某某镇某某村村民王小明，: who one is, and then the name, at the end of the clause.
_CLAUSE = re.compile(r"[^，。；、,.;!！?？\s（(]{2,36}")
_DESCRIBED = re.compile(
    rf"(?:村民|居民|业主|职工|员工|市民|住户|家长|学生|农民|教师|个体户|群众|商户|租户|的)(?P<name>{_SURNAME}[\u4e00-\u9fff]{{1,2}})$"
)
# Characters that make two or three of them a role, a place or a time instead of a name.
_NO_NAME = frozenset(
    "人民户主员工生师长家村庄镇乡县市区省州街路号楼栋院店厂司校园里老年月日时的了在是有和与及从到被把对我你他她它们"
    "这那个不没已将要可能为由以请问题想希望来去上下前后今昨就也还都位名种本父母亲妻夫儿女子孙友同事代表群众居农商业物者次每城温章"
    "级族病车房客工匠贫困危旧层校班钱费款所站队处科部室厅局办委党会社组"
)
# Words and places that begin with a surname.
_NO_NAMES = frozenset(
    "中学 大学 小学 高中 高温 高速 高度 高峰 高龄 高管 高血 高新 高铁 大厦 中心 小车 大棚 方式 方便 方法 方面 方才 包括 包裹 "
    "关于 关心 关注 于是 成都 成为 成立 成绩 安全 安置 安徽 安装 安保 安心 金额 金融 金属 温度 温暖 时间 时常 时候 马上 马路 "
    "路面 路口 路灯 路过 温馨 白天 白色 白血 白内 黄色 水表 水电 水管 江边 江苏 江西 平时 常常 常年 常住 常客 向您 向领 向贵 "
    "华为 华侨 柏油 简单 简易 单位 单身 单亲 单元 全家 全部 全体 全职 全国 曾在 曾经 房屋 房东 房产 陈述 盖章 阳光 牛奶 谈话 满意 满足 满族 "
    "江南 江北 游客 顾客 苗族 白族 安居 万科 万达 龙湖 华润 金科 解决 解放 解释 明天 明年 明确 明知 乐意 权利 权益 商量 商业 从事 从来 "
    "石匠 花农 花店 厨师 党员 云南 甘肃 宁波 宁夏 广东 山东 河南 湖南 易居 古稀 花甲 耄耋 师范 原来 原告 原因 项目 符合 祝您 祝愿 "
    "敬请 敬礼 敬上 谢谢 康复 何时 何况 何人 何种 任何 任职 任教 周边 周围 周末 孔雀 史上 应该 应届 费用 计划 严重 严格 "
    "常德 常州 常熟 温州 金华 龙岩 梁山 万州 余姚 石家 张家 邢台 武汉 武威 安阳 安庆 安康 宜昌 黄石 黄山 黄冈 徐州 宿州 连云 "
    "江门 阳江 梅州 梅河 柳州 桂林 贺州 毕节 铜仁 曲靖 昌都 白银 白城 白山 牡丹 葫芦 莫力 邵阳 岳阳 郴州 鲁西 聊城 吕梁 "
    "米面 皮肤 皮革 师傅 师生 水果 水泥 水利 封闭 封路 封控 练车 储蓄 储户 施工 洪水 洪涝 羊肉 羊毛 阴天 时任 时限 乔迁 "
    "钟点 席位 帅哥 宫颈 班级 班主 边缘 宗教 全额 全年 全款 盛夏 申请 申诉 申报 申领 申办 车辆 车位 符号 池塘 艾滋 苗圃 童年 纪念 "
    "尚未 尚且 古城 季度 谷物 尤其 安排 边境 仲裁 景区 楼上 楼下 楼层 占道 占用 解除 匡扶 关键 关系 梅雨 包工 曲折 成人 成年 柴油 "
    "管理 管道 房地 凌晨 项链 庄稼 章程 高考 何处 林业 林地 林区 高级 高层 高校 高职 高薪 马拉 牛羊 明明 明显 云云 花费 花园 路段 "
    "严厉 向上 向下 向前 程序 程度 石头 石油 段落 雷雨 黎明 毛病 毛坯 万分 万一 武装 武术 莫名 莫非 汤圆 康养 葛根 齐全 "
    "保密 匿名 不详 无名 未知 没有 暂无 未填 不愿 已经 如下 上述 以上 以下 另外 同上 同前 均为 信息 资格 电话 姓名 地址 部门 需要 必须 应当 可以 "
    "要求 多次 希望 表示 反映 投诉 认为 称其 主体 意见 联系 不接 不在 始终 一直 身份".split()
)
_STOPS_ANY = re.compile("[，。,.;；:：!！?？\\s]")
_ANY_NAME = re.compile(r"[\u4e00-\u9fff]{2,3}(?=[\s，,。;；/|]|$|性别|电话|手机)")
_BEFORE_NAME = "联系人|联系|找|我是|叫|租客|业主|居民|村民|住户|市民|邻居|家长|是|给|回复|致电"
_NUMBER_FOLLOWS = re.compile(
    rf"(?:^|(?<=[\s，,。；;：:、!！?？)）\]—])|(?<={'|(?<='.join(f'{word})' for word in _BEFORE_NAME.split('|'))})"
    rf"(?P<name>{_SURNAME}(?:{_TITLE}|[\u4e00-\u9fff]{{1,2}}))(?:的|本人)?(?:[ ，,:：、(（]{{0,2}}[男女]?[ ，,:：、(（]{{0,2}}"
    r"(?:联系电话|电话号码|电话|手机号码|手机号|手机|联系方式|身份证号码|身份证号|身份证|微信|TEL|tel|Tel)?)[:：是为]{0,2} ?$"
)
_BEHIND_NUMBER = re.compile(
    rf" ?[(（]? ?(?P<name>{_SURNAME}(?:先生|女士|小姐|老师|师傅)|(?<=[(（]){_SURNAME}[\u4e00-\u9fff]{{1,2}}(?=[)）]))"
)
_FAREWELL = r"(?:敬礼|致敬|谢谢|感谢|敬上|落款|[。!！?？…~～：:；;]|——|--)"
_DATE = r"(?:(?:19|20|二[〇零○])[0-9〇零○一二三四五六七八九]{2} ?[年./-] ?[0-9一二三四五六七八九十]{1,3}(?: ?[月./-] ?[0-9一二三四五六七八九十]{1,3} ?[日号]?|月)?)"
_SIGNED = re.compile(
    rf"(?:{_FAREWELL}[!！。]?\s*\n\s*(?:[—-]{{1,2}} ?)?|敬礼[!！。]? |[!！。] ?——? ?)"
    rf"(?:(?:[\u4e00-\u9fff]{{0,12}}(?:居民|市民|村民|业主|网友|群众|住户|家长|员工|职工|学生|反映人|投诉人|落款|签名|敬上))[:： ]? ?)?"
    rf"(?P<name>{_SURNAME}(?:{_TITLE}|[\u4e00-\u9fff]{{1,2}}))(?:敬上|上|谨上|留|呈)?\s*"
    rf"(?:[，,\n ]?\s*{_DATE}\s*|\n\s*\[[^\[\]\n]{{1,4}}\]\s*)*$"
)
_LAST_LINE = re.compile("[\n礼—]")
_TAIL = 80


def find(text: str) -> Iterator[Found]:
    """Find the names that a frame or a signature announces."""
    for frame in _FRAME.finditer(text):
        span = _in_frame(text, frame)
        if span is not None:
            yield Found("name", *span, text[span[0] : span[1]])
    if ":" in text or "：" in text:
        for label in _LABEL.finditer(text):
            end = _name_end(text, label.end(), strong=True)
            if end is not None:
                yield Found("name", label.end(), end, text[label.end() : end])
    tail = max(0, len(text) - _TAIL)
    if _LAST_LINE.search(text, tail):
        signed = _SIGNED.search(text, tail)
        if signed and _is_name(signed["name"]):
            yield Found("name", *signed.span("name"), signed["name"])


def beside(text: str, numbers: Sequence[Found]) -> Iterator[Found]:
    """Find the names right before or behind a telephone or identity number: 王小明 13800000000."""
    for number in numbers:
        before = max(0, number.start - 28)
        named = _NUMBER_FOLLOWS.search(text, before, number.start)
        if named is None or not _is_name(named["name"]):
            named = _BEHIND_NUMBER.match(text, number.end)
        if named is not None and _is_name(named["name"]):
            yield Found("name", *named.span("name"), named["name"], number.own)


def may_repeat(name: str) -> bool:
    """Say whether a name is safe to look for by itself: 王小明 is, 阳光, 王某 and 市民 are not."""
    if "·" in name:
        return True
    return len(name) > 2 and _PLAIN.fullmatch(name) is not None and not _TITLED.match(name) and _is_name(name)


def _in_frame(text: str, frame: re.Match[str]) -> tuple[int, int] | None:
    start = frame.end()
    end = _name_end(text, start, strong=frame["strong"] is not None)
    if end is not None:
        return start, end
    if "姓名" in frame[0] and frame[0].rstrip()[-1] in ":：":  # 姓名: whatever stands there is one
        found = _ANY_NAME.match(text, start)
        if found and found[0] not in _NO_NAMES and found[0][:2] not in _NO_NAMES:
            return found.span()
    if frame["weak"]:
        clause = _CLAUSE.match(text, start)
        described = _DESCRIBED.search(clause[0]) if clause else None
        if described and _is_name(described["name"]):
            return start + described.start("name"), start + described.end("name")
    return None


def _name_end(text: str, start: int, *, strong: bool) -> int | None:
    """Give where the name that begins at ``start`` ends; None when there is none.

    A name of three characters is tried before one of two, and a sure end before a likely one.
    """
    dotted = _DOTTED.match(text, start)
    if dotted:
        return dotted.end()
    titled = _TITLED.match(text, start)
    if titled:
        followed = _DELIMITED.match(text, titled.end())
        return titled.end() if followed or strong else None
    plain = _PLAIN.match(text, start)
    if plain is None or _FUNCTION.match(text, start + len(plain["single"] or "  ")):
        return None
    ends = [plain.end() - n for n in range(len(plain["given"]))]
    for end in ends:
        if _DELIMITED.match(text, end) and _is_name(text[start:end], strong=strong):
            return end
    for end in ends:
        name = text[start:end]
        if _WORD_FOLLOWS.match(text, end) and not _NEVER_LAST.match(name[-1]):
            if text[end] == "的" and not strong:
                continue  # 我是万科的业主
            if _is_name(name, strong=False):
                return end
    return None


def _is_name(name: str, *, strong: bool = False) -> bool:
    if name[:2] in _NO_NAMES or name[-2:] in _NO_NAMES or _FUNCTION.fullmatch(name[1:]):
        return False
    return strong or re.fullmatch(_TITLE, name[1:]) is not None or _NO_NAME.isdisjoint(name[1:])
