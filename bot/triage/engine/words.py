"""From a mail's text to sentences, and from a sentence to its words."""

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache

from bot.patterns import lazy

# What is read of one mail: more than this says nothing new and costs time.
_TEXT = 8000
_SENTENCES = 40
_WORDS = 120
# A line shorter than this ends where its writer ended it; a longer one was wrapped by a mail program.
_WRAPPED = 55

HAN = lazy("[\u3400-\u9fff]")
_PLACEHOLDER = lazy(r"\{{1,2}([^{}]{1,40})\}{1,2}")
_FILLED_BY_A_VALUE = lazy(r"number|date|city|symbol|amount|name|month", re.IGNORECASE)
_ADDRESS = lazy(r"https?://\S+|www\.\S+|[^\s@]{1,64}@\S+")
# "2fa", "4g" and "ps5" are words; everything longer with a digit in it is a number.
_NUMBER = lazy(r"#?\b(?!(?:\d[a-z]{1,3}|[a-z]{1,3}\d)\b)(?=[\w-]{0,40}\d)[\w-]+", re.ASCII | re.IGNORECASE)
_WORD = lazy(
    "[\u3400-\u9fff]|\\b(?:[cdjlmnst]|qu)'(?=\\w)|[^\\W_\u3400-\u9fff]+(?:[-'][^\\W_\u3400-\u9fff]+)*|[?!]",
    re.IGNORECASE,
)
_END = lazy(r"(?<=[.!?…])[\s\"'”»)]+(?=\S)|(?<=[。！？；])|\n")
_GREETING = lazy(
    r"^\W{0,3}(?:(?:hello|hi|hey|dear|good (?:morning|afternoon|evening|day)|greetings|hallo|guten (?:tag|morgen|abend)|"
    r"moin|servus|grüezi|liebe[rs]?|sehr geehrte[rs]?|bonjour|bonsoir|salut|slt|ch[eè]re?s?|madame|monsieur|hola|buen[oa]s? "
    r"(?:d[ií]as?|tardes|noches)|estimad[oa]s?|querid[oa]s?|ol[aá]|oi|bom dia|boa (?:tarde|noite)|prezad[oa]s?|"
    r"ex\.?mos\.?|car[oa]s)\b[^,!.:;?\n]{0,40}[,!.:;]+|您好|你好|亲|hi|hello|hey|hola|oi|hallo|bonjour)[\s,，!！。:：]+",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Word:
    """A word as it was written, and as it is compared: small letters without accents."""

    written: str
    folded: str


# The long characters of Taiwan and Hong Kong, and the short ones that the examples are written in.
_SHORT = str.maketrans(
    "單訂貨還沒發嗎麼時們個這錢換買賣開關電話號碼帳會員價優惠券裡裏請問謝間題點進過來遲運費遞寄給對錯壞斷裂"
    "舊顏紅藍綠質量試穿鞋褲褶襯門網頁載轉顯圖傳聯絡繫務態度惡騙報警訴經處應該實際樣樓鎮縣區灣廣東蘇"
    "動靜漲減滿贈禮獎勵積領銀行賬戶稅據匯轉帶組裝說書線長寬輕買齊雙隻盤碗湯鍋鐵銅鋁無線機預計後總歡"
    "喜愛棒讚評論議希望讓著氣憤為並從當學習業廠貿業務採購聽見讀寫語難題結單確認證驗碼登錄註冊刪除資訊"
    "變更取消補償損傷漏濕潔淨舒適緊鬆寶貝親嬰兒媽爸爺奶僅餘額兌現齡歲級劃賣場擔誤約麗",
    "单订货还没发吗么时们个这钱换买卖开关电话号码帐会员价优惠券里里请问谢间题点进过来迟运费递寄给对错坏断裂"
    "旧颜红蓝绿质量试穿鞋裤褶衬门网页载转显图传联络系务态度恶骗报警诉经处应该实际样楼镇县区湾广东苏"
    "动静涨减满赠礼奖励积领银行账户税据汇转带组装说书线长宽轻买齐双只盘碗汤锅铁铜铝无线机预计后总欢"
    "喜爱棒赞评论议希望让着气愤为并从当学习业厂贸业务采购听见读写语难题结单确认证验码登录注册删除资讯"
    "变更取消补偿损伤漏湿洁净舒适紧松宝贝亲婴儿妈爸爷奶仅余额兑现龄岁级划卖场担误约丽",
)


@lru_cache(maxsize=20_000)
def fold(word: str) -> str:
    """Small letters without accents: customers leave accents out, and telephones add them."""
    small = unicodedata.normalize("NFD", word.lower().replace("ß", "ss").replace("’", "'")).translate(_SHORT)
    return "".join(letter for letter in small if not unicodedata.combining(letter))


def words(sentence: str) -> list[Word]:
    """Cut a sentence into words; a Chinese character counts as one, every number is the same one."""
    text = unicodedata.normalize("NFKC", sentence).replace("’", "'")
    text = _PLACEHOLDER.sub(_filled, text)
    text = _NUMBER.sub(" 0 ", _ADDRESS.sub(" ", text))
    return [Word(found, fold(found)) for found in _WORD.findall(text)[:_WORDS]]


def sentences(text: str) -> list[str]:
    """Cut a text into sentences; a greeting is left out unless it is all there is."""
    pieces = [piece.strip() for piece in _END.split(_unwrapped(text[:_TEXT]))]
    pieces = [piece for piece in pieces if any(letter.isalpha() for letter in piece)][:_SENTENCES]
    bare = [without_greeting(piece) for piece in pieces]
    return [piece for piece in bare if piece] or pieces


def without_greeting(sentence: str) -> str:
    """Leave out "Dear Sir or Madam," and the like at the beginning."""
    return _GREETING.sub("", sentence + " ", count=1).strip()


def _unwrapped(text: str) -> str:
    """Join the lines that a mail program broke."""
    joined = ""
    for line in text.splitlines():
        bare = line.strip()
        wrapped = joined and len(joined.rsplit("\n", 1)[-1]) > _WRAPPED and bare
        joined += (" " if wrapped else "\n") + bare
    return joined


def _filled(placeholder: re.Match[str]) -> str:
    """Let a template's {{Order Number}} stand for a number, its {{Account Type}} for these words."""
    name = placeholder.group(1)
    return " 0 " if _FILLED_BY_A_VALUE.search(name) else f" {name.replace('_', ' ')} "
