package simulate

import "strings"

// spelled reads "Ștefan/stefan Ana/ana": names with the letters of their
// e-mail address; without a slash, the name in lower case.
func spelled(list string) []name {
	var out []name
	for word := range strings.FieldsSeq(list) {
		text, latin, ok := strings.Cut(word, "/")
		if !ok {
			latin = strings.ToLower(text)
		}
		out = append(out, name{text, latin})
	}
	return out
}

func romanian() names {
	return names{
		women: spelled("Ana Maria Elena Ioana Andreea Cristina Raluca Simona Ștefania/stefania Bianca Mihaela Roxana Ilinca Daria"),
		men:   spelled("Andrei Mihai Alexandru Ion Radu Vlad Ștefan/stefan Cosmin Bogdan Dan Cătălin/catalin Florin Tudor"),
		last:  spelled("Popescu Ionescu Dumitru Stan Gheorghe Rusu Munteanu Matei Constantin Șerban/serban Moldovan Țurcanu/turcanu Dragomir Enache Lupu"),
	}
}

func korean() names {
	return names{
		women: spelled("서연/seoyeon 지우/jiwoo 민서/minseo 하은/haeun 수빈/subin 지민/jimin 유진/yujin 은지/eunji 예린/yerin"),
		men:   spelled("민준/minjun 서준/seojun 도윤/doyun 지호/jiho 현우/hyunwoo 준영/junyoung 성민/sungmin 태현/taehyun"),
		last:  spelled("김/kim 이/lee 박/park 최/choi 정/jung 강/kang 조/cho 윤/yoon 장/jang 임/lim 한/han 오/oh"),
	}
}

func chinese() names {
	return names{
		women: spelled("怡君/yijun 淑芬/shufen 雅婷/yating 佳穎/jiaying 欣怡/xinyi 詩涵/shihan 宜蓁/yizhen 美玲/meiling"),
		men:   spelled("家豪/jiahao 志明/zhiming 俊傑/junjie 建宏/jianhong 冠廷/guanting 宗翰/zonghan 承恩/chengen 柏翰/bohan"),
		last:  spelled("陳/chen 林/lin 黃/huang 張/chang 李/li 王/wang 吳/wu 劉/liu 蔡/tsai 楊/yang 許/hsu 鄭/cheng"),
	}
}

func english() names {
	return names{
		women: spelled("Olivia Amelia Grace Hannah Chloe Emily Sophie Zoe Abigail Ruth Nora Claire"),
		men:   spelled("Oliver George Noah Jack Henry Samuel Daniel Owen Ethan Miles Theo Luke"),
		last:  spelled("Smith Jones Taylor Brown Walker Wright Green Hall Cooper Bennett O'Neill/oneill Murphy Clarke Reed"),
	}
}

func german() names {
	return names{
		women: spelled("Anna Lena Katharina Sabine Mia Johanna Greta Sophie Claudia Käthe/kaethe"),
		men:   spelled("Lukas Jonas Felix Jürgen/juergen Matthias Stefan Paul Björn/bjoern Tobias Moritz"),
		last:  spelled("Müller/mueller Schmidt Schneider Fischer Weber Wagner Becker Schäfer/schaefer Koch Krüger/krueger Vogel Groß/gross"),
	}
}

func french() names {
	return names{
		women: spelled("Camille Chloé/chloe Léa/lea Manon Élise/elise Julie Margaux Inès/ines Sylvie Aurélie/aurelie"),
		men:   spelled("Lucas Hugo Théo/theo Antoine Julien François/francois Mathis Étienne/etienne Nicolas Bastien"),
		last:  spelled("Martin Bernard Dubois Moreau Laurent Lefèvre/lefevre Girard Fournier Mercier Gauthier Noël/noel Béranger/beranger"),
	}
}
