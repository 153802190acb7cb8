"""People's names, where a frame says that a name follows: 我叫…, 联系人:…, a signature."""

from __future__ import annotations

import re

# The surnames of more than 99 % of people, and the compound ones.
_SINGLE = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾萧肖田董袁潘蒋蔡余于杜叶程苏魏吕丁任"
    "沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付傅方白邹孟熊秦邱丘江尹薛闫阎段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫"
    "孔向汤温常倪康牛樊葛岳齐庞颜庄聂章鲁岑柳俞翟鲍华欧游裴左关梅包宁曲焦卜成巩柴辛管柯房娄戚翁凌涂甘项祝"
    "缪耿骆詹阮麦欧阳卓苗尚霍童纪舒单靳路骨屈古季蒲谷尤冉邢安盛兰申桂简车符敖佟池褚艾盖席扈晏费"
)
_COMPOUND = "欧阳|上官|司马|诸葛|司徒|东方|独孤|南宫|皇甫|尉迟|公孙|慕容|令狐|宇文|长孙|夏侯"
_NAME = rf"(?:(?:{_COMPOUND})[\u4e00-\u9fff]{{1,2}}|[{_SINGLE}][\u4e00-\u9fff]{{1,2}}?)"
# What stands behind a name, so that 我叫王伟住在 ends at 王伟.
_AFTER = (
    r"(?=[\s，,。.、；;：:!！?？()（）\[\]【】<>《》/|0-9+＋]|$|先生|女士|小姐|同志|电话|手机|联系|微信|身份|住|家住|家在|现住"
    r"|现在|现年|今年|系|是|男|女|反映|投诉|举报|咨询|来电|想|要|在|来自|因|由于|于|的)"
)
_STRONG = (
    "我叫|我名叫|本人叫|本人姓名|姓名|联系人|来电人|来信人|投诉人|反映人|举报人|申请人|诉求人|留言人|署名|户主姓名"
    "|户主|签名|上访人|信访人|业主姓名|报修人"
)
# 本人 and 我是 are followed by a name less often than by who one is, in the citizen's own words.
_WEAK = "本人|我是"
FRAME = (
    rf"(?P<name_frame>(?:{_STRONG})(?:[:：是为叫] ?| )?|(?:{_WEAK}))(?P<name>{_NAME}){_AFTER}"
    rf"|(?P<closing>此致[,，。!！ ]?\n?\s?敬礼[!！。]?|谢谢[!！。]|感谢[!！。])\s{{0,3}}"
    rf"(?P<signed>{_NAME})(?=\s*(?:$|\n|(?:19|20)\d\d[年./-]))"
)
# Characters that make three characters after 我是 a role or a place instead of a name.
_NO_NAME = frozenset(
    "人民户主员工生师长家村庄镇乡县市区省州街路号楼栋院店厂司校园里小大中学老新年月日时的了在是有和与及从到被把对我你他她它们这那"
    "这个不没已将要可能因为由于所以请问题想希望来去上下前后今昨明就也还都向位名种本父母亲妻夫儿女子孙朋友同事代表群众居民农商业主物业者"
)
_ROLE_ENDS = (
    "师傅",
    "老师",
    "医生",
    "经理",
    "书记",
    "主任",
    "局长",
    "市长",
    "县长",
    "镇长",
    "校长",
    "老板",
)


def is_name(frame: str, name: str) -> bool:
    """Say whether what follows the frame is a name: 我是高中生 and 本人于今日 hold none."""
    if name.endswith(_ROLE_ENDS):
        return False
    if frame in {"本人", "我是"}:
        return len(name) > 1 and not any(character in _NO_NAME for character in name[1:])
    return name[1] not in "的了是在个们"
