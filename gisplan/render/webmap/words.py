"""The words of the map's own surface, in Chinese and English."""

from __future__ import annotations

from collections.abc import Mapping

from gisplan.model import Text

REVIEWED = Text("机审结果，供人工复核", "Machine review, for checking by people")
NOT_EXAMINED = Text(
    "未经审图，仅供内部使用 / 不得公开传播",
    "Map not examined: internal use only, not for publication",
)
NO_FORCE = Text(
    "本图由 gisplan 自动生成，边界仅供规划审查参考，不作为法定边界依据",
    "Made by gisplan; boundaries are for plan review only and have no legal force",
)

UI: Mapping[str, Text] = {
    "findings": Text("问题", "Findings"),
    "units": Text("单元", "Units"),
    "layers": Text("图层", "Layers"),
    "about": Text("说明", "About"),
    "layers_legend": Text("图层与图例", "Layers and legend"),
    "search": Text("按编号或名称查找", "Search by code or name"),
    "no_match": Text("没有找到", "Nothing found"),
    "all": Text("全部", "All"),
    "all_rules": Text("全部规则", "All rules"),
    "show_more": Text("显示更多", "Show more"),
    "no_findings": Text("没有符合条件的问题", "No findings to show"),
    "no_units": Text("没有符合条件的对象", "None to show"),
    "no_place": Text("无图形位置", "no place on the map"),
    "hide_panel": Text("收起侧栏", "Hide the panel"),
    "show_panel": Text("展开侧栏", "Show the panel"),
    "collapse": Text("收起", "Collapse"),
    "expand": Text("展开", "Expand"),
    "zoom_in": Text("放大", "Zoom in"),
    "zoom_out": Text("缩小", "Zoom out"),
    "home": Text("回到初始视图", "Back to the first view"),
    "whole": Text("显示全部范围", "Show the whole plan"),
    "north": Text("北", "North"),
    "close": Text("关闭", "Close"),
    "labels": Text("标注", "Labels"),
    "zoom_to_see": Text("放大后显示", "zoom in to see"),
    "evidence": Text("问题图形", "Shapes of findings"),
    "markers": Text("问题标记", "Markers of findings"),
    "review": Text("审查问题", "Findings"),
    "code": Text("编号", "Code"),
    "name": Text("名称", "Name"),
    "mode": Text("更新方式", "Renewal mode"),
    "verdict": Text("审查结论", "Verdict"),
    "no_verdict": Text("无结论", "no verdict"),
    "errors": Text("错误", "Errors"),
    "approvals": Text("须办审批", "Approvals due"),
    "why": Text("结论说明", "Why"),
    "attributes": Text("属性", "Attributes"),
    "also_here": Text("此处还有", "Also here"),
    "here_n": Text("此处问题", "Findings here"),
    "message": Text("问题描述", "What is wrong"),
    "layer": Text("图层", "Layer"),
    "feature": Text("对象", "Feature"),
    "related": Text("相关对象", "Related"),
    "measure": Text("实测", "Measured"),
    "limit": Text("限值", "Limit"),
    "ruling": Text("处理结论", "Ruling"),
    "source": Text("依据", "Source"),
    "remedy": Text("整改建议", "Remedy"),
    "state": Text("状态", "State"),
    "waiver": Text("例外说明", "Waiver"),
    "verified": Text("已核实", "verified"),
    "unverified": Text("未核实", "not verified"),
    "none_here": Text("没有问题", "No findings"),
    "aside": Text("已隔离，未上图", "set aside, not on the map"),
    "crs": Text("工作坐标系", "Working CRS"),
    "shown_in": Text("图上坐标", "Shown in"),
    "time": Text("审查时间", "Reviewed"),
    "checks": Text("检查情况", "What was checked"),
    "not_checked": Text("未检查与无法判定", "Not checked and not judged"),
    "rule": Text("规则", "Rule"),
    "read": Text("读取", "Read"),
    "checked": Text("检查", "Checked"),
    "quarantined": Text("隔离", "Set aside"),
    "repaired": Text("修复", "Repaired"),
    "inputs": Text("输入文件", "Inputs"),
    "notices": Text("提示", "Notices"),
    "base_failed": Text(
        "底图未能加载：无网络或密钥无效", "The base map did not load: no network, or a wrong key"
    ),
    "base_key": Text("天地图密钥（不保存）", "Tianditu key (not stored)"),
    "base_use": Text("加载底图", "Load the base map"),
    "before": Text("此前", "Before"),
    "after": Text("现在", "Now"),
    "swipe": Text("左右移动分界，比较前后结论", "Move the divider between before and now"),
    "not_shown": Text("公开版本未显示", "Not shown in the public edition"),
    "grid": Text("坐标取整（米）", "Coordinates rounded to (m)"),
    "statement": Text("声明", "Statements"),
    "licences": Text("第三方软件许可", "Third-party licences"),
    "other": Text("其他", "Other"),
    "none_value": Text("未填", "not given"),
    "mode_plain": Text(
        "载入方式：全部图形直接写在本页", "Mode plain: all shapes lie open in this page"
    ),
    "mode_packed": Text(
        "载入方式：大图层压缩在本页内，坐标精确到 0.01 米",
        "Mode packed: large layers are compressed in this page, coordinates to 0.01 m",
    ),
    "mode_folder": Text(
        "载入方式：大图层压缩在本页旁的文件夹内，坐标精确到 0.01 米",
        "Mode folder: large layers are compressed in a folder beside this page, to 0.01 m",
    ),
    "reading": Text("正在读取图形……", "Reading shapes …"),
    "piece_lost": Text(
        "数据块缺失或损坏，其要素未显示：",
        "a piece is missing or damaged, its features are not shown:",
    ),
    "all_clear": Text("未发现问题", "Nothing stands against it"),
}
