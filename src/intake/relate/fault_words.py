"""What citizens complain of, one concept a line: its words, told apart as specific or general.

A *specific* concept (搅拌站, 二次供水, 电梯) names the thing that is wrong: two messages that share one at
the same named place are mostly about one matter. A *general* one (噪音, 污染, 收费) says how it is felt
and fits many matters at one place; it only supports. Compiled from the taxonomy's vocabulary and the
way people write; the first word of a line is the name shown to people.
"""

from __future__ import annotations

from typing import NamedTuple

SPECIFIC = """
搅拌站 搅拌厂 混凝土站 混凝土厂 混泥土 水泥厂 水泥站 沥青站 沥青厂 砂石厂 采石场 碎石
变电站 变压器 高压线 高压电 电线杆 高压铁塔
基站 通信塔 信号塔 电磁辐射
未成年 上网 打游戏 网瘾
KTV 歌厅 音乐吧 音乐茶座 酒吧 夜总会 练歌房
广场舞 跳舞 坝坝舞
棋牌 麻将 茶馆
油烟 烟道 餐饮 餐馆 饭店 夜宵 烧烤 早餐店 排烟
二次供水 直供水 水质 自来水 停水 没水 停了水 断水 水压 供水 水管 饮用水 通水
停电 供电 电压 断电 跳闸 正式用电 正式电 临时用电 临时电 临电 通电 配电 配电房
天然气 燃气 煤气 通气 管道气
供暖 暖气 供热 集中供暖 停暖 换热站 暖气片 不热 室温
电梯 坠梯 加装电梯 困人
漏水 渗水 漏雨 防水 滴水 往下滴 在滴 滴答 漏得 漏进 又漏 还漏 屋顶漏 楼顶漏 房顶漏 里渗 渗漏 落水管
下水道 化粪池 污水外溢 排水 内涝 积水 泡水 被淹 就淹 淹了 雨污分流 粪水 排污管 反水 返水 倒灌 污水倒灌 雨污管 污水管 下水管
井盖 窨井
路灯 照明 亮化
路面 坑洼 大坑 破损 破烂 路烂 泥泞 硬化 水泥路 断头路 打通 拓宽 修路 未修通
红绿灯 信号灯 斑马线 人行横道 天桥 过街 护栏 减速带
停车 乱停 违停 占道停车 车位 停车场 停车费 地锁 僵尸车
物业费
维修基金 维修资金 公共收益
房产证 不动产证 不动产权 产权证 两证 办证
交房 收房 延期交房 逾期交房 烂尾 停工 入伙
毛坯 精装 装修质量 偷工减料 开裂 空鼓 质量问题
退房 退铺 退定金 定金 首付 认筹
捆绑销售 装修合同 价外加价 茶水费
违建 违章建筑 违法建筑 私搭 乱搭乱建 加建 加盖 扩建
采光 日照 楼间距 遮挡
绿化 绿地 树木 毁绿 砍树 公园建设
垃圾 垃圾桶 清运
垃圾站 垃圾中转站 垃圾转运站 中转站
垃圾焚烧 焚烧垃圾
渣土 渣土车 建筑垃圾 泥头车
夜间施工 通宵施工 打桩 挖机 半夜施工 凌晨施工 深夜施工 夜里施工
夜间施工 半夜还在施工 凌晨还在施工 深夜还在施工 施工噪音 施工噪声 施工扰民
养猪 猪场 养殖 鸡场 养殖场 粪便 畜禽
化工厂 废气 黑烟 浓烟 冒烟 排放 异味 恶臭 臭味 臭气 喷漆
废水 污水 排污 黑臭 河水 水体
焚烧 秸秆 露天烧
殡仪馆 丧事 灵堂 墓地 公墓 吹打 火化
养狗 遛狗 狗 犬 流浪狗
摊贩 流动摊 占道经营 马路市场 夜市 菜市场 摆摊
广告牌 小广告 招牌
入学 学位 学区 上学 招生 配套小学 就读 划片 配套学校
幼儿园 普惠园 公办园 入园
补课 培训班 违规补课 有偿补课 补习
校车 食堂 校服 学费 书本费 课后
教师待遇 编外 绩效 职称 教师工资
拖欠工资 欠薪 农民工工资 工资 血汗钱 讨薪
社保 养老保险 医保 失业金 五险一金 生育津贴 报销
公积金
低保 贫困户 残疾 救助 五保
征地 拆迁 补偿款 征收 安置房 过渡费 红线
公租房 廉租房 经适房 保障房
购房补贴 人才补贴 人才新政 租房补贴
落户 户口 户籍 居住证 身份证
公交 公交车 班次 站台 公交线路 站牌 发车 等车 间隔太长
出租车 网约车 黑车 拒载 打车
高速 收费站 匝道 互通 出口
驾校 练车 学车 押金
传销 拉人头 发展会员
非法集资 集资 P2P 车贷 网贷 爆雷 出借人 立案 经侦 平台兑付
诈骗 骗取 骗局 电信诈骗 合同诈骗
招商 加盟 返租 租金
消防 消防通道 灭火器 火灾
快递 包裹 邮政
宽带 网速 手机信号 移动信号
误诊 医疗事故
没大夫 没医生 没有医生 没有大夫 值班医生
疫苗 接种
食品 过期 变质 卫生许可 添加剂
加油站 油库
赌博 赌场 黄赌毒 卖淫 涉黄 嫖娼 色情
偷钓 钓鱼 野泳 盗捕
虚假宣传 霸王条款 欺骗消费者
预付卡 健身卡 会员卡 储值卡 充值卡 充值 卡里 办卡 跑路
群租 合租 民宿 短租
危房 鉴定 墙体倾斜 地面塌陷 沉降
耕地 山林 宅基地 确权 林权
村务 村干部 村支书 村主任 选举
水库 河道 采砂 挖沙 堤坝
道路限高 限行 货车 大货车 重型车
"""  # noqa: E501

GENERAL = """
物业公司 物业服务 物业管理 物业
业委会 业主委员会
医院 看病 医生
教师 老师
商户 商铺 门面
施工 工地
扬尘 灰尘 粉尘 尘土 沙尘
噪音 噪声 扰民 吵闹 太吵 轰鸣 低音炮 震动 睡眠 休息 声音刺耳 刺耳
污染 环境 空气 污浊 难闻
安全隐患 安全 危险
收费 乱收费 涨价 价格 费用
退款 退费 退钱
卫生 脏乱差 脏乱 蚊虫
地铁 轻轨 城铁 城际 站点
堵车 拥堵 堵塞 交通
规划 建设 配套 审批 选址
服务态度 态度恶劣 推诿 不作为 踢皮球 回复
违规 违法 非法 手续
补贴 补助 发放
"""


class Fault(NamedTuple):
    """One concept: its name for people, and whether it names the thing that is wrong."""

    name: str
    specific: bool


def fault_words() -> dict[str, Fault]:
    """Give every word with the concept it stands for."""
    words: dict[str, Fault] = {}
    for table, specific in ((SPECIFIC, True), (GENERAL, False)):
        for line in table.split("\n"):
            synonyms = line.split()
            for word in synonyms:
                words[word.lower()] = Fault(synonyms[0], specific)
    return words
