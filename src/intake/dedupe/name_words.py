"""The words by which names are found: endings of each kind of thing, and what is no part of a name.

Endings say what a thing is (花园, 路, 公司, 村); a tail (小区, 二期) follows a name without being part of
it: 丽湖新城, 丽湖新城小区 and 丽湖新城二期 are one estate.
"""

from __future__ import annotations

import re

ESTATE = """
花园 新城 家园 公寓 国际城 国际 山庄 名邸 公馆 嘉园 华庭 豪庭 名城 佳苑 雅苑 嘉苑 新苑 名苑 御苑 华苑
丽苑 都市 家苑 帝景 御景 水岸 御园 华府 首府 名府 壹府 王府 豪苑 名都 铭城 丽都 半岛 新村 公园里 天池
郡府 一品 豪园 庭院 雅园 景园 佳园 府邸 楼盘 商业城 广场 步行街 创业园 工业园 产业园 物流园 文化园 科技园
美食城 水街 天地 苑 府 郡 湾 香槟国际 加州 翡翠城
"""
ROAD = """
大道 公路 高速 立交桥 大桥 路 街 巷 隧道 国道 省道 辅道
"""
SCHOOL = """
小学 中学 学校 幼儿园 学院 大学 一中 二中 三中 附小 附中 职校 技校 校区
"""
BODY = """
公司 集团 银行 酒店 宾馆 超市 商场 市场 医院 卫生院 驾校 影院 健身房 健身 网吧 会所 化工厂 砖厂 养殖场
猪场 车站 地铁站 公园 景区 水库 物业 车贷 商城 联盟 金融 餐厅 渔村 火锅 茶楼 加油站 派出所 敬老院
"""
VILLAGE = """
村 屯 寨
"""
TOWN = """
镇 乡 街道
"""
TAIL = """
小区 社区 安置小区 安置区 安置房 居民区 生活区 住宅区 住宅 一期 二期 三期 四期 五期 六期 北区 南区 东区
西区
"""
# Words that hold an ending and name nothing; they are read over.
NOT_NAMES = """
农村 村民 村委 村里 村干部 村支书 村组 全村 本村 我村 村庄 新农村 城中村 路灯 路面 路口 路边 路段 路况
路基 路过 路上 路程 道路 马路 铁路 线路 一路 电路 网路 出路 思路 套路 跑路 半路 街上 街坊 街边 大街
上街 逛街 街道办 乡镇 城镇 乡村 家乡 下乡 乡亲 老乡 镇政府 乡政府 镇里 公司法 总公司 分公司 市场监督
市场管理 市场监管 市场价 菜市场 政府 市政府 区政府 县政府 省政府 国际化 国际标准 广场舞 小学生 中学生 大学生
中小学 中小学校 物业费 物业公司 物业管理 物业服务 各大 高速公路 高速路 银行卡 银行贷款 大学毕业 医院里 郡县
府上 台湾 金融办 城市 都市圈 港湾 新路 修路 让路 堵路 拦路 公路局
"""
# What stands before an ending and says nothing about which thing it is.
GENERIC = """
棚改 电信 联通 铁路 单位 职工 教师 干部 妇幼 安居 廉租 公租 商品 新区
实验 附属 技师 职业 机关 外国语 高级 初级 民族 师范 双语 旅游 天然 热力 供水 供暖 保险
违建 违规 非法 私人 私营 小型 断头 违法 流动 无证 三无 正规 专业 知名 本市 多条 一条 这条 两条
居民 住宅 安置 老旧 高档 大型 附近 周边 旁边 边上 封闭 智慧 商业 步行 整个 某某 开发商 建设 公立 民办
公办 私立 重点 优质 配套 新建 农贸 房地产 开发 房产 投资 有限 责任 股份 科技 贸易 物业 管理 集团 相关
多家 各家 人民 中心 第一 第二 第三 主要 城市 主干 市政 国有 企业 我们 你们 他们 自己 大家 保障 政策
电话 购房 经济 适用 委员会 报告 拆迁 两旁 两侧 学生 旧城 改造 生活 租户 本地 当地 外地 移动 通信 当事
"""

KINDS = {
    "estate": ESTATE,
    "road": ROAD,
    "school": SCHOOL,
    "body": BODY,
    "village": VILLAGE,
    "town": TOWN,
    "tail": TAIL,
    "none": NOT_NAMES,
}
LABELS = {
    "estate": "小区或场所",
    "road": "道路",
    "school": "学校",
    "body": "单位",
    "village": "村",
    "town": "镇街",
}

# A name does not reach back over these letters and words.
_LETTERS = (
    "的了在是和与及或从到向对为被把给让请求我你他她它们该每某这那此其何哪有无没不几个也都就还很太等因由于"
    "省市县区镇乡村号栋期至离距后前又将想问说称如果要已再各种住"
)
_WORDS = """
街道 附近 旁边 边上 周边 业主 居民 关于 投诉 反映 反应 举报 咨询 建议 希望 领导 地处 位于
来自 靠近 临近 尊敬 毕业 就读 坐落 路口 交汇 小区 社区 近期 最近 目前 购买 入住 家住 领取
恳请 要求 有关 解决 强烈 关注 严惩 坚决 楼下
"""
CUT = re.compile(rf".*(?:[{_LETTERS}]|{'|'.join(_WORDS.split())}|[a-z]\d+|\d)")
