//! Numbers and addresses in what was said: what the next one looks up, and what must not leave the machine.

use std::collections::HashSet;
use std::ops::Range;
use std::sync::LazyLock;

use regex::Regex;

/// What kind of identifier it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Kind {
    /// An e-mail address.
    Email,
    /// An international bank account number, its check digits right (ISO 13616).
    Iban,
    /// A card number, its check digit right (ISO/IEC 7812-1).
    Card,
    /// A date, with or without a year.
    Date,
    /// An amount of money.
    Amount,
    /// A telephone number.
    Phone,
    /// The number of an order, an invoice or the like.
    Reference,
    /// Any other run of six digits or more.
    Digits,
}

/// Something that was mentioned.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Identifier {
    /// What kind.
    pub kind: Kind,
    /// As it was written.
    pub text: String,
}

/// An identifier and its place in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found {
    /// What kind.
    pub kind: Kind,
    /// Which bytes.
    pub range: Range<usize>,
}

/// The patterns in the order in which they claim their places; what a check refuses is left to the next one.
static PATTERNS: LazyLock<Vec<(Kind, Regex)>> = LazyLock::new(|| {
    let months = "jan(?:uary|uar|vier)?|feb(?:ruary|ruar)?|mar(?:ch)?|apr(?:il|ile)?|may|june?|july?|aug(?:ust)?|\
        sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|märz|mai|juni|juli|okt(?:ober)?|dez(?:ember)?|\
        enero|febrero|marzo|abril|mayo|junio|julio|agosto|septiembre|octubre|noviembre|diciembre|\
        février|mars|avril|juin|juillet|août|septembre|octobre|novembre|décembre|\
        janeiro|fevereiro|março|maio|junho|julho|setembro|outubro|novembro|dezembro|\
        gennaio|febbraio|aprile|maggio|giugno|luglio|settembre|ottobre|dicembre";
    let things = "order|invoice|ticket|case|contract|customer|account|booking|reservation|reference|ref|tracking|\
        serial|parcel|policy|bestellung|bestell|bestellnummer|rechnung|rechnungsnummer|auftrag|auftragsnummer|kunden|\
        kundennummer|vertrag|vertragsnummer|pedido|factura|cliente|contrato|reserva|commande|facture|client|contrat|\
        dossier|encomenda|fatura|ordine|fattura|contratto|pratica";
    let number = r"(?:number|no|nr|nummer|número|numéro|numero|id|code)";
    [
        (Kind::Email, r"[\p{L}\p{Nd}._%+'-]+@[\p{L}\p{Nd}-]+(?:\.[\p{L}\p{Nd}-]+)+".to_owned()),
        (Kind::Iban, r"(?i)\b[A-Z]{2}[0-9]{2}(?:[ -]?[A-Z0-9]){11,30}\b".to_owned()),
        (Kind::Card, r"\b[0-9](?:[ -]?[0-9]){12,18}\b".to_owned()),
        (
            Kind::Date,
            format!(
                r"(?i)\b(?:[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}|[0-9]{{1,2}}[./][0-9]{{1,2}}[./](?:[0-9]{{4}}|[0-9]{{2}})|[0-9]{{1,2}}(?:st|nd|rd|th|\.|º|er)?(?: de| of)? (?:{months})\b\.?(?:(?: de|,)? [0-9]{{4}})?|(?:{months})\.? [0-9]{{1,2}}(?:st|nd|rd|th)?\b(?:,? [0-9]{{4}})?)\b"
            ),
        ),
        (
            Kind::Amount,
            r"(?i)(?:R\$|[$€£¥]|\b(?:USD|EUR|GBP|CHF|BRL)) ?[0-9]+(?:[.,' ][0-9]{3})*(?:[.,][0-9]{1,2})?\b|\b[0-9]+(?:[.,' ][0-9]{3})*(?:[.,][0-9]{1,2})? ?(?:[€£$¥]|(?:USD|EUR|GBP|CHF|BRL|euros?|dollars?|pounds?|reais|francs?|franken|dólares)\b)".to_owned(),
        ),
        (
            Kind::Phone,
            r"(?:(?:\+|\b00)[1-9]|\b0[1-9]|\(0?[0-9]{2,4}\))(?:[ ()./-]{0,2}[0-9]){5,13}\b|\b[0-9]{3}[ .-][0-9]{3}[ .-][0-9]{4}\b".to_owned(),
        ),
        (
            Kind::Reference,
            format!(
                r"(?i)\b(?:{things})s?(?:[ -]?{number})?(?:\.|:|°|º)?(?: is| ist| es| est| é| è)?[ :]*#?(?P<id>[A-Z0-9]*[0-9][A-Z0-9]*(?:[-/][A-Z0-9]+)*)\b|\b(?P<code>[A-Z]{{2,8}}-[0-9][A-Z0-9-]{{2,}})\b|#(?P<hash>[A-Z]*[0-9][A-Z0-9-]+)\b"
            ),
        ),
        (Kind::Digits, r"\p{Nd}(?:[ -]?\p{Nd}){5,}".to_owned()),
    ]
    .into_iter()
    // Each pattern is tried by the tests, which would fail if one could not be read.
    .filter_map(|(kind, pattern)| Regex::new(&pattern).ok().map(|pattern| (kind, pattern)))
    .collect()
});

/// Finds the identifiers of a text, in order, none inside another.
pub fn find(text: &str) -> Vec<Found> {
    let mut found: Vec<Found> = Vec::new();
    for (kind, pattern) in PATTERNS.iter() {
        for captures in pattern.captures_iter(text) {
            let named = ["id", "code", "hash"].iter().find_map(|name| captures.name(name));
            let Some(part) = named.or_else(|| captures.get(0)) else { continue };
            let Some(range) = checked(*kind, text, part.range()) else { continue };
            let free =
                found.iter().all(|other| range.end <= other.range.start || range.start >= other.range.end);
            if free {
                found.push(Found { kind: *kind, range });
            }
        }
    }
    found.sort_by_key(|found| found.range.start);
    found
}

/// Returns the identifiers of several texts, each once, in the order in which they were first mentioned.
pub fn collect<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<Identifier> {
    let mut known = HashSet::new();
    let mut identifiers = Vec::new();
    for text in texts {
        for found in find(text) {
            let identifier = Identifier { kind: found.kind, text: text[found.range].to_owned() };
            if known.insert(identifier.clone()) {
                identifiers.push(identifier);
            }
        }
    }
    identifiers
}

/// Returns what of a match is an identifier: what has check digits is believed only if they are right.
fn checked(kind: Kind, text: &str, range: Range<usize>) -> Option<Range<usize>> {
    let matched = &text[range.clone()];
    let is_right = match kind {
        Kind::Iban => return iban_in(matched).map(|length| range.start..range.start + length),
        Kind::Card => is_card(matched),
        Kind::Email | Kind::Date | Kind::Amount | Kind::Phone | Kind::Reference | Kind::Digits => true,
    };
    is_right.then_some(range)
}

/// Returns how many bytes of a text that begins like an IBAN are one; what follows it may be a word.
fn iban_in(text: &str) -> Option<usize> {
    let ends = text.char_indices().rev().map(|(place, character)| place + character.len_utf8());
    ends.filter(|end| !text[..*end].ends_with([' ', '-'])).find(|end| is_iban(&text[..*end]))
}

/// Says whether an IBAN's check digits are right: moved to the front, read as a number, it leaves 1 modulo 97.
fn is_iban(text: &str) -> bool {
    let characters: Vec<char> = text.chars().filter(|character| character.is_ascii_alphanumeric()).collect();
    if !(15..=34).contains(&characters.len()) {
        return false;
    }
    let (head, body) = characters.split_at(4);
    let remainder = body.iter().chain(head).try_fold(0_u32, |remainder, character| {
        let value = character.to_digit(36)?;
        let shift = if value > 9 { 100 } else { 10 };
        Some((remainder * shift + value) % 97)
    });
    remainder == Some(1)
}

/// Says whether a card number's check digit is right, by Luhn's formula.
fn is_card(text: &str) -> bool {
    let digits: Vec<u32> = text.chars().filter_map(|character| character.to_digit(10)).collect();
    let sum: u32 = digits
        .iter()
        .rev()
        .enumerate()
        .map(|(place, digit)| if place % 2 == 0 { *digit } else { digit * 2 / 10 + digit * 2 % 10 })
        .sum();
    (13..=19).contains(&digits.len()) && sum.is_multiple_of(10)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<(Kind, &str)> {
        find(text).into_iter().map(|found| (found.kind, &text[found.range])).collect()
    }

    #[test]
    fn every_pattern_can_be_read() {
        assert_eq!(PATTERNS.len(), 8);
    }

    #[test]
    fn addresses_and_numbers_are_found_with_their_kind() {
        for (text, kind, identifier) in [
            ("Write to carla.m+x@mail.example.com.", Kind::Email, "carla.m+x@mail.example.com"),
            ("IBAN DE89 3704 0044 0532 0130 00 please", Kind::Iban, "DE89 3704 0044 0532 0130 00"),
            ("to gb82west12345698765432", Kind::Iban, "gb82west12345698765432"),
            ("card 4111 1111 1111 1111", Kind::Card, "4111 1111 1111 1111"),
            ("since 2026-11-03", Kind::Date, "2026-11-03"),
            ("am 3.11.2026 um", Kind::Date, "3.11.2026"),
            ("on November 3rd, 2026", Kind::Date, "November 3rd, 2026"),
            ("el 3 de noviembre", Kind::Date, "3 de noviembre"),
            ("I paid $1,249.90 for it", Kind::Amount, "$1,249.90"),
            ("Das kostet 49,90 € mehr", Kind::Amount, "49,90 €"),
            ("call +44 20 7946 0018", Kind::Phone, "+44 20 7946 0018"),
            ("ruf 030 1234567 an", Kind::Phone, "030 1234567"),
            ("my order number is 4711-AB", Kind::Reference, "4711-AB"),
            ("Rechnung Nr. 20931", Kind::Reference, "20931"),
            ("mon numéro de dossier: see INV-20931", Kind::Reference, "INV-20931"),
            ("the code 987654321", Kind::Digits, "987654321"),
        ] {
            assert_eq!(found(text), [(kind, identifier)], "{text}");
        }
    }

    #[test]
    fn wrong_check_digits_make_it_an_ordinary_number() {
        assert_eq!(found("4111 1111 1111 1112"), [(Kind::Digits, "4111 1111 1111 1112")]);
        assert!(found("DE89 3704 0044 0532 0130 01").iter().all(|(kind, _)| *kind != Kind::Iban));
    }

    #[test]
    fn ordinary_words_and_small_numbers_are_none() {
        assert_eq!(found("I ordered 2 lamps in 2026, in case it is cheaper at 10:30"), []);
    }

    #[test]
    fn each_is_named_once_in_the_order_of_mention() {
        let texts = ["order 12345 for a@example.com", "a@example.com again, and invoice 777"];
        let all = collect(texts.into_iter());
        let texts: Vec<_> = all.iter().map(|one| one.text.as_str()).collect();
        assert_eq!(texts, ["12345", "a@example.com", "777"]);
    }
}
