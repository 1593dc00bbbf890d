"""Languages whose words are brought to their stems, and how to tell which one a text is in."""

import re
from collections import Counter
from collections.abc import Callable

# Words that say little of what a text is about, the small ones that each language is full of. No accents.
_SMALL = {
    "english": """a about above after again against all am an and any are as at be because been
        before being below between both but by can could did do does doing down
        during each few for from further had has have having he her here hers
        him his how i if in into is it its itself just me more most my no nor
        not now of off on once only or other our ours out over own same she
        should so some such than that the their theirs them then there these
        they this those through to too under until up very was we were what when
        where which while who whom why will with would you your yours s t""",
    "german": """aber alle als also am an auch auf aus bei beim bin bis bist da damit dann das dass dein
        dem den der des die dies diese dieser dieses doch dort du durch ein eine einem
        einen einer eines er es euch fur gegen haben hat hatte ich ihm ihn ihr im in ist
        ja jede jeder kann kein keine man mein mich mir mit nach nicht noch nur ob oder
        ohne sehr sein seine sich sie sind so uber um und uns unter vom von vor war
        waren was weil wenn wer werden wie wieder wir wird wurde zu zum zur zwischen""",
    "french": """a ai au aux avec c ce ces cette comme d dans de des du elle elles en est et etre eux il
        ils j je l la le les leur leurs lui ma mais me meme mes moi mon n ne nos notre
        nous on ont ou par pas pour qu que qui s sa sans se ses si son sont sur ta te
        tes toi ton tu un une vos votre vous y""",
    "spanish": """a al algo como con cual cuando de del desde donde dos el ella ellas ellos en entre era
        es esa ese eso esta estas este esto estos fue ha han hasta hay la las le les lo
        los mas me mi mientras muy ni no nos o otra otro para pero por porque que quien
        se ser si sin sobre son su sus tambien te tiene todo tu un una uno y ya""",
    "italian": """a ad agli ai al alla alle anche che chi ci coi col come con cui da dagli dai dal dalla
        dei del della delle di e ed era gli ha hanno i il in io la le lei li lo loro lui
        ma mi ne negli nei nel nella noi non o per perche piu quale quando quella quello
        questa questo se si sono su sul sulla tra tu un una uno vi""",
    "portuguese": """a ao aos as com como da das de dela dele do dos e ela ele em entre era essa esse esta
        este eu foi isso ja mais mas me mesmo meu minha muito na nao nas nem no nos o os
        ou para pela pelo por qual quando que quem se sem ser seu sua sao tambem tem um
        uma voce""",
    "dutch": """aan al als bij dan dat de der deze die dit door een en er had heb heeft het hij hoe ik
        in is ja je kan maar me meer men met mijn na naar niet nog nu of om omdat onder
        ons ook op over te tot uit van veel voor want was wat we wel werd wie wij worden
        zal ze zich zij zijn zo zonder""",
    "swedish": """alla att av blev bli da de dem den denna det dig din du efter eller en er ett for fran
        ha hade han har hon hur i icke inte jag ju kan man med men mig min mot mycket
        nar nu och om oss pa sa samma sig sin som till under upp ut vad var vi vid vilka
        vilken ar over""",
    "danish": """af alle at blev bliver da de dem den denne der det dig din du efter eller en er et for
        fra ham han har havde hun hvad hvis hvor i ikke ind jeg jo kan man med meget men
        mig min mod ned nogle nu og om op os over pa sig skal som ud under var ved vi
        vil""",
    "norwegian": """alle at av bare ble bli da de deg den denne der det dette du eller en er et etter for
        fordi fra ha hadde han har hun hva hvis hvor i ikke inn jeg kan man med meg men
        mot mye na nar noe noen og ogsa om opp oss over pa seg ser skal som til under ut
        var ved vi vil""",
    "finnish": """ei eika en ett etta han he hyvin ja jo joka jos jotka kanssa kuin kun me mika mina minka
        mukaan mutta myos ne niin nyt ole oli olla on ovat se sen sina siis siita silla
        tai tama te tuo vaan vai vain viela""",
    "polish": """a aby ale bez by byc byl byla co czy dla do gdy go i ich ja jak jako je jego jej jest
        jeszcze juz kiedy ktora ktore ktory lub ma mnie moze na nad nie niz o od on ona
        oraz po pod przez przy sa sie tak tam te tego tej to tu tylko w we wiec z za ze""",
    "turkish": """ama ancak bana bazi belki ben bir biz bu cok cunku da daha de defa diye en gibi hem hep
        her hic icin ile ise kadar ki kim mi mu nasil ne neden nerede niye o ona onlar
        sen siz su ve veya ya yani""",
    "russian": """а без бы был была были было быть в вам вас вот все всех вы где да для до его ее если
        есть еще же за и из или им их к как ко когда которые кто ли мы на над не него
        нее нет ни но о об он она они от по под при с со так там то только у уже что
        чтобы это я""",
}
LANGUAGES = {name: frozenset(words.split()) for name, words in _SMALL.items()}
DEFAULT = "english"
_CODES = {
    "en": "english",
    "de": "german",
    "fr": "french",
    "es": "spanish",
    "it": "italian",
    "pt": "portuguese",
    "nl": "dutch",
    "sv": "swedish",
    "da": "danish",
    "no": "norwegian",
    "nb": "norwegian",
    "nn": "norwegian",
    "fi": "finnish",
    "pl": "polish",
    "tr": "turkish",
    "ru": "russian",
}
_WORD = re.compile(r"[^\W\d_]+")
_LOOKED_AT = 6_000  # characters
_FEW = 12  # small words, below which a text is too short to tell


def named(name: str) -> str:
    """What a header's `language` means ("de", "de-AT", "German"); "" for nothing known."""
    word = name.strip().lower()
    code = re.split(r"[-_]", word)[0]
    return word if word in LANGUAGES else _CODES.get(code, "")


def language_of(text: str, fold: Callable[[str], str]) -> str:
    """By its small words; English where there are few, or as many of another's."""
    words = Counter(fold(word) for word in _WORD.findall(text[:_LOOKED_AT]))
    found = {name: sum(words[word] for word in small if word in words) for name, small in LANGUAGES.items()}
    best = max(found, key=lambda name: (found[name], name == DEFAULT))
    return best if found[best] >= _FEW and found[best] > 1.2 * found[DEFAULT] else DEFAULT
