"""How soon a customer's text must be answered, by rules anybody can read, in six languages."""

import re
from collections.abc import Collection
from dataclasses import dataclass

from bot.patterns import lazy

LEVELS = ("urgent", "high", "normal", "low")
_READ = 8000


@dataclass(frozen=True)
class Priority:
    """A level of LEVELS, and why: a rule's reason with the words that met it."""

    level: str
    why: tuple[str, ...]


@dataclass(frozen=True)
class _Rule:
    level: str
    reason: str
    pattern: re.Pattern[str]


def _rule(level: str, reason: str, *patterns: str) -> _Rule:
    return _Rule(level, reason, lazy("|".join(patterns), re.IGNORECASE))


_RULES = (
    _rule(
        "urgent",
        "danger",
        r"\b(?:caught fire|on fire|burn(?:t|ed|s|ing)|smok(?:e|es|ed|ing)|explod\w*|electric shock|electrocut\w*|sparks?|"
        r"injur\w*|bleeding|hospital|allergic reaction|chok(?:ed|ing)|poison\w*)\b",
        r"\b(?:verbrann\w*|brennt|brand\b|raucht|qualmt|explodier\w*|stromschlag|funken|verletz\w*|krankenhaus|"
        r"allergische reaktion|erstick\w*|vergift\w*)",
        r"\b(?:br[ûu]l[ée]\w*|pris feu|incendie|fum[ée]e|explos\w*|choc électrique|étincelles|bless[ée]\w*|h[ôo]pital|"
        r"réaction allergique|étouff\w*|intoxi\w*)",
        r"\b(?:quemad\w*|quem[óo]|incendi\w*|humo|explot\w*|descarga eléctrica|chispas|herid[oa]s?|hospital|"
        r"reacción alérgica|asfixi\w*|intoxic\w*|queimad\w*|queim\w*|pegou fogo|fumaça|fumo\b|explodi\w*|"
        r"choque elétrico|fa[íi]scas|ferid[oa]s?|reação alérgica|engasg\w*)",
        r"着火|冒烟|爆炸|触电|漏电|烧伤|烫伤|受伤|住院|过敏|窒息|中毒|糊味",
    ),
    _rule(
        "urgent",
        "a legal threat",
        r"\b(?:lawyers?|attorneys?|solicitors?|sue you|legal action|small claims|court|police|trading standards|"
        r"consumer protection|ombudsman|bbb|better business)\b",
        r"\b(?:anw[aä]lt\w*|rechtsanw\w*|klage|verklag\w*|vor gericht|anzeige erstatten|polizei|verbraucherzentrale)\b",
        r"\b(?:avocat\w*|en justice|tribunal|porter plainte|police|répression des fraudes|dgccrf|mise en demeure)\b",
        r"\b(?:abogad[oa]s?|demandar|denunci\w*|tribunal\w*|policía|consumo|profeco|advogad[oa]s?|processar|processo|"
        r"tribunal|justiça|polícia|procon|livro de reclamações)\b",
        r"律师|起诉|法院|报警|12315|工商|消费者协会|消协|市场监管",
    ),
    _rule(
        "urgent",
        "a chargeback",
        r"\b(?:charge ?back|dispute the (?:charge|payment)|dispute with my bank|paypal case)\b",
        r"\b(?:rückbuch\w*|rücklastschrift|zahlung zurückbuchen|käuferschutz)\b",
        r"\b(?:opposition (?:au|sur le) paiement|contester (?:le|ce) (?:paiement|prélèvement)|contracargo|"
        r"desconocer el cargo|chargeback|contestar a cobrança)\b",
        r"拒付|撤销付款|银行争议",
    ),
    _rule(
        "urgent",
        "somebody else in the account",
        r"\b(?:hacked|unauthori[sz]ed (?:charge|transaction|payment|order)|identity theft|someone (?:logged|got) in\w*)\b",
        r"\b(?:gehackt|fremder zugriff|nicht autorisiert\w*|pirat[ée]\w*|non autoris[ée]\w*|hacke\w*|jaquead\w*|"
        r"no autoriz\w*|invadi\w* (?:a )?(?:minha )?conta|não autoriz\w*)\b",
        r"被盗|盗刷|盗用",
    ),
    _rule(
        "high",
        "not the first time",
        r"\b(?:(?:second|third|fourth|fifth|2nd|3rd|4th|5th) (?:time|email|mail|message)|how many times|yet again|"
        r"still no (?:answer|reply|response)|(?:three|four|five) times|asked (?:you )?(?:\w+ )?times|multiple times|"
        r"nobody (?:answers|replies|responds))\b",
        r"\b(?:(?:zweite|dritte|vierte|zum zweiten|zum dritten|zum wiederholten)[nrs]? ?(?:mal|mail|anfrage)|mehrfach|"
        r"schon (?:zwei|drei|vier)mal|immer noch keine antwort|niemand antwortet)\b",
        r"\b(?:(?:deuxième|troisième|quatrième|2e|3e|4e) (?:fois|mail|message|relance)|plusieurs fois|"
        r"(?:deux|trois|quatre) fois|toujours (?:aucune|pas de) réponse|personne ne (?:me )?répond)\b",
        r"\b(?:(?:segunda|tercera|terceira|cuarta|quarta) (?:vez|correo|mensaje|mensagem)|varias veces|várias vezes|"
        r"sin respuesta|sem resposta|nadie (?:me )?(?:responde|contesta)|ninguém (?:me )?responde)\b",
        r"第[二三四五]次|好几次|多次|几次了|[两三四五]次(?:邮件|了)|没人(?:回|理)",
    ),
    _rule(
        "high",
        "a deadline",
        r"\b(?:urgent\w*|asap|as soon as possible|immediately|right away|(?:by|before|until) (?:today|tomorrow|tonight|"
        r"monday|tuesday|wednesday|thursday|friday|saturday|sunday|christmas|the \d{1,2})|tomorrow|wedding|funeral|"
        r"deadline|birthday is)\b",
        r"\b(?:dringend|eilt|eilig|sofort|umgehend|schnellstmöglich|(?:bis|vor) (?:heute|morgen|montag|dienstag|mittwoch|"
        r"donnerstag|freitag|samstag|sonntag|weihnachten|spätestens)|hochzeit|beerdigung|frist)\b",
        r"\b(?:urgent\w*|au plus vite|immédiatement|tout de suite|avant (?:demain|ce soir|lundi|mardi|mercredi|jeudi|"
        r"vendredi|samedi|dimanche|noël|le \d{1,2})|mariage|obsèques|délai limite)\b",
        r"\b(?:urgente\w*|cuanto antes|inmediatamente|antes del? (?:\w+ )?(?:mañana|lunes|martes|miércoles|jueves|viernes|"
        r"sábado|domingo|navidad|\d{1,2})|boda|funeral|o quanto antes|imediatamente|antes d[eoa] (?:amanhã|segunda|terça|"
        r"quarta|quinta|sexta|sábado|domingo|natal|dia \d{1,2})|casamento|velório)\b",
        r"加急|紧急|尽快|快点|马上|立刻|急用|着急|赶紧|明天(?:就)?(?:要|用)|婚礼|来不及|之前必须",
    ),
    _rule(
        "high",
        "paid too much",
        r"\b(?:charged (?:me )?(?:twice|double)|double (?:charge\w*|billed)|billed twice|overcharged|doppelt abgebucht|"
        r"zweimal abgebucht|débit[ée]e? deux fois|double (?:débit|prélèvement)|cobr\w+ (?:dos|duas) veces|doble cobro|"
        r"cobr\w+ duas vezes|cobrança em dobro)\b",
        r"扣了两次|重复扣款|多扣",
    ),
)
# What waits for the parcel that is about to leave cannot wait.
_BEFORE_IT_LEAVES = "before the parcel leaves"
_UNHURRIED = frozenset({"feedback", "other"})


def judge(text: str, category: str, *, vip: bool = False) -> Priority:
    """Tell how soon a text must be answered. `vip` is what the shop knows of its sender."""
    read = text[:_READ]
    met = [(rule, found) for rule in _RULES if (found := rule.pattern.search(read))]
    reasons = {rule: f"{rule.reason}: “{found.group(0)}”" for rule, found in met}
    for level in ("urgent", "high"):
        why = [reasons[rule] for rule, _ in met if rule.level == level]
        if level == "high":
            why += [_BEFORE_IT_LEAVES] if category == "change_cancel_order" else []
            why += ["an important customer"] if vip else []
        # A job application or a sales letter is not urgent because it says so.
        if why and category != "other":
            return Priority(level, tuple(why))
    return Priority("low" if category in _UNHURRIED else "normal", ())


def is_vip(sender: str, vips: Collection[str]) -> bool:
    """Tell whether an address, or its domain, stands in the shop's list."""
    address = sender.strip().lower()
    listed = {entry.strip().lower().lstrip("@") for entry in vips}
    return bool(address) and (address in listed or address.rpartition("@")[2] in listed)
