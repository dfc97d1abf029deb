package rfm

// Display returns a group's name in a language of the console: en, ro, ko or
// zh-Hant; in any other, the English one.
func Display(g Group, language string) string {
	if name, ok := names(language)[g]; ok {
		return name
	}
	return string(g)
}

func names(language string) map[Group]string {
	switch language {
	case "ro":
		return map[Group]string{
			Champions: "Campioni", Loyal: "Fideli", Active: "Activi", Promising: "Promițători", New: "Noi",
			NeedsAttention: "Cer atenție", PreviouslyLoyal: "Fideli cândva", AtRisk: "În pericol",
			AlmostLost: "Aproape pierduți", Dormant: "Adormiți", Prospects: "Potențiali",
		}
	case "ko":
		return map[Group]string{
			Champions: "챔피언", Loyal: "충성", Active: "활동", Promising: "유망", New: "신규",
			NeedsAttention: "관심 필요", PreviouslyLoyal: "과거 충성", AtRisk: "이탈 위험",
			AlmostLost: "이탈 직전", Dormant: "휴면", Prospects: "잠재",
		}
	case "zh-Hant":
		return map[Group]string{
			Champions: "冠軍", Loyal: "忠實", Active: "活躍", Promising: "有潛力", New: "新客",
			NeedsAttention: "需要關注", PreviouslyLoyal: "曾經忠實", AtRisk: "有流失風險",
			AlmostLost: "幾乎流失", Dormant: "休眠", Prospects: "潛在顧客",
		}
	}
	return nil
}
