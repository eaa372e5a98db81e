//! The expressions of workflows: what they may say, and whether they are true of a conversation.
//!
//! The language is CEL (<https://cel.dev>), cut to what ends soon: an expression is short, has no loops and no regular
//! expressions, and names only what is known about a conversation. It is compiled when it is saved. What cannot be worked
//! out, such as an attribute that is not there, counts as not true.

use std::collections::BTreeMap;

use baton_shared::workflow::EXPRESSION_CHARS_MAX;
use baton_shared::{Channel, Timestamp};
use cel::common::ast::{Expr, IdedExpr, LiteralValue};
use cel::{Context, Program, Value};

/// What an expression may name.
pub const VARIABLES: [&str; 6] = ["attributes", "channel", "hour", "queue", "waiting_secs", "weekday"];

/// What an expression may call, operators included.
const FUNCTIONS: [&str; 27] = [
    "_?_:_",
    "_&&_",
    "_||_",
    "!_",
    "_-_",
    "_+_",
    "_*_",
    "_/_",
    "_%_",
    "_==_",
    "_!=_",
    "_>=_",
    "_<=_",
    "_>_",
    "_<_",
    "-_",
    "_[_]",
    "@in",
    "has",
    "size",
    "contains",
    "startsWith",
    "endsWith",
    "int",
    "double",
    "string",
    "bool",
];

/// The days of the week, as `weekday` names them; the first is the one that the epoch's first Monday began.
pub const WEEKDAYS: [&str; 7] =
    ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"];

/// How deep brackets may stand in each other.
const BRACKETS_MAX: usize = 16;

/// How deep the parts of an expression may stand in each other, so that it can be asked on any thread.
const DEPTH_MAX: usize = 16;

/// The stack that is enough to read an expression of [`EXPRESSION_CHARS_MAX`] and [`BRACKETS_MAX`], in bytes: the parser
/// takes about 150 KiB for a bracket in a build without optimisation.
const READING_STACK: usize = 16 << 20;

/// The epoch began on a Thursday, the fourth of [`WEEKDAYS`].
const EPOCH_WEEKDAY: i64 = 3;

const DAY_MS: i64 = 86_400_000;
const HOUR_MS: i64 = 3_600_000;

/// What an expression is asked about.
#[derive(Clone, Debug)]
pub struct Facts<'a> {
    /// What is known about the conversation.
    pub attributes: &'a BTreeMap<String, String>,
    /// How the customer writes.
    pub channel: Channel,
    /// The name of the queue it is in, or would begin in.
    pub queue: &'a str,
    /// How long ago it was opened.
    pub waiting_secs: u64,
    /// The present.
    pub now: Timestamp,
}

/// An expression that can be asked.
#[derive(Debug)]
pub struct Condition {
    program: Program,
}

/// What can be said of an expression without asking it about anyone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Tendency {
    /// It is true of every conversation.
    Always,
    /// It is true of none, and why.
    Never(String),
    /// It depends.
    Depends,
}

/// Returns the word by which expressions call a channel.
pub const fn channel_word(channel: Channel) -> &'static str {
    match channel {
        Channel::WebChat => "web_chat",
    }
}

impl Condition {
    /// Compiles an expression, or says in a sentence where it is wrong and why.
    pub fn compile(text: &str) -> Result<Self, String> {
        let chars = text.chars().count();
        if text.trim().is_empty() {
            return Err("The expression is empty. Write `true` for every conversation.".to_owned());
        }
        if chars > EXPRESSION_CHARS_MAX {
            return Err(format!(
                "The expression has {chars} characters; shorten it to {EXPRESSION_CHARS_MAX}."
            ));
        }
        if deepest(text) > BRACKETS_MAX {
            return Err(format!("Brackets stand more than {BRACKETS_MAX} deep in each other."));
        }
        let read = || Self::read(text);
        std::thread::scope(|scope| {
            let thread = std::thread::Builder::new().stack_size(READING_STACK);
            let reading = thread.spawn_scoped(scope, read);
            let compiled = reading.ok().and_then(|reading| reading.join().ok());
            compiled.unwrap_or_else(|| Err("The expression could not be read. Try again.".to_owned()))
        })
    }

    fn read(text: &str) -> Result<Self, String> {
        let program = Program::compile(text).map_err(|errors| {
            let first = errors.errors.first();
            first.map_or_else(
                || "The expression cannot be read.".to_owned(),
                |error| format!("Line {}, column {}: {}.", error.pos.0, error.pos.1, plain(&error.msg)),
            )
        })?;
        let condition = Self { program };
        if depth(condition.program.expression()) > DEPTH_MAX {
            return Err(format!(
                "Its parts stand more than {DEPTH_MAX} deep in each other. Make it simpler."
            ));
        }
        if let Some((id, fault)) = fault_in(condition.program.expression()) {
            return Err(condition.placed(text, id, &fault));
        }
        if let (true, Err(fault)) = (condition.constant(), condition.holds(&nobody(&BTreeMap::new()))) {
            return Err(fault);
        }
        Ok(condition)
    }

    /// Says whether it is true, or why that cannot be worked out.
    pub fn holds(&self, facts: &Facts<'_>) -> Result<bool, String> {
        let mut context = Context::default();
        context.add_variable_from_value("attributes", attributes(facts.attributes));
        context.add_variable_from_value("channel", channel_word(facts.channel));
        context.add_variable_from_value("queue", facts.queue.to_owned());
        context
            .add_variable_from_value("waiting_secs", i64::try_from(facts.waiting_secs).unwrap_or(i64::MAX));
        let (hour, weekday) = hour_and_weekday(facts.now);
        context.add_variable_from_value("hour", hour);
        context.add_variable_from_value("weekday", weekday);
        match self.program.execute(&context) {
            Ok(Value::Bool(holds)) => Ok(holds),
            Ok(other) => Err(format!("It gives {}, and not true or false.", kind(&other))),
            Err(error) => Err(in_words(&error)),
        }
    }

    /// Says whether it names the queue.
    pub fn names_queue(&self) -> bool {
        self.program.references().has_variable("queue")
    }

    /// Says what can be said of it without asking; `queues` are the names of those there are.
    pub fn tendency(&self, queues: &[&str]) -> Tendency {
        if self.constant() {
            return match self.holds(&nobody(&BTreeMap::new())) {
                Ok(true) => Tendency::Always,
                Ok(false) | Err(_) => {
                    Tendency::Never("it names nothing that differs, and is false".to_owned())
                }
            };
        }
        impossible(self.program.expression(), queues).map_or(Tendency::Depends, Tendency::Never)
    }

    /// Says whether it names nothing, so that it is the same for everyone.
    fn constant(&self) -> bool {
        self.program.references().variables().is_empty()
    }

    fn placed(&self, text: &str, id: u64, fault: &str) -> String {
        let Some((start, _)) = self.program.source_info().offset_for(id) else { return format!("{fault}.") };
        let before: String = text.chars().take(start as usize).collect();
        let line = before.matches('\n').count() + 1;
        let column = before.chars().rev().take_while(|character| *character != '\n').count() + 1;
        format!("Line {line}, column {column}: {fault}.")
    }
}

/// Returns facts about nobody, for what depends on nothing.
fn nobody(attributes: &BTreeMap<String, String>) -> Facts<'_> {
    let now = Timestamp::from_millis(0);
    Facts { attributes, channel: Channel::WebChat, queue: "", waiting_secs: 0, now }
}

fn attributes(attributes: &BTreeMap<String, String>) -> Value {
    let pairs = attributes.iter().map(|(name, value)| (name.clone(), value.clone()));
    pairs.collect::<std::collections::HashMap<String, String>>().into()
}

/// Returns the hour, 0 to 23, and the day of the week, in UTC.
fn hour_and_weekday(now: Timestamp) -> (i64, &'static str) {
    let millis = now.as_millis();
    let weekday = (millis.div_euclid(DAY_MS) + EPOCH_WEEKDAY).rem_euclid(7);
    (millis.rem_euclid(DAY_MS) / HOUR_MS, WEEKDAYS[usize::try_from(weekday).unwrap_or(0)])
}

/// Returns how deep brackets stand in each other; those in texts count too, which is no loss.
fn deepest(text: &str) -> usize {
    let depths = text.chars().scan(0_usize, |depth, character| {
        match character {
            '(' | '[' | '{' => *depth += 1,
            ')' | ']' | '}' => *depth = depth.saturating_sub(1),
            _ => {}
        }
        Some(*depth)
    });
    depths.max().unwrap_or(0)
}

/// Returns the parts that an expression is directly made of.
fn parts(expression: &IdedExpr) -> Vec<&IdedExpr> {
    match &expression.expr {
        Expr::Call(call) => call.target.as_deref().into_iter().chain(&call.args).collect(),
        Expr::List(list) => list.elements.iter().collect(),
        Expr::Select(select) => vec![&select.operand],
        Expr::Unspecified
        | Expr::Comprehension(_)
        | Expr::Ident(_)
        | Expr::Literal(_)
        | Expr::Map(_)
        | Expr::Struct(_) => Vec::new(),
    }
}

fn depth(expression: &IdedExpr) -> usize {
    1 + parts(expression).into_iter().map(depth).max().unwrap_or(0)
}

/// Returns the first part of an expression that is not allowed, by its id, and why.
fn fault_in(expression: &IdedExpr) -> Option<(u64, String)> {
    let known = || VARIABLES.join(", ");
    let fault = match &expression.expr {
        Expr::Ident(name) if !VARIABLES.contains(&name.as_str()) => {
            Some(format!("nothing is called `{name}`; there are {}", known()))
        }
        Expr::Call(call) if !FUNCTIONS.contains(&call.func_name.as_str()) => {
            Some(format!("there is no function `{}` here", call.func_name))
        }
        Expr::Comprehension(_) => Some("there are no loops here".to_owned()),
        Expr::Map(_) | Expr::Struct(_) => Some("there are no maps or messages here".to_owned()),
        Expr::Unspecified
        | Expr::Call(_)
        | Expr::Ident(_)
        | Expr::List(_)
        | Expr::Literal(_)
        | Expr::Select(_) => None,
    };
    match fault {
        Some(fault) => Some((expression.id, fault)),
        None => parts(expression).into_iter().find_map(fault_in),
    }
}

/// Says why an expression can be true of no conversation, where that is easily seen: it asks that the channel, the queue,
/// the day or the hour be one that there is not.
fn impossible(expression: &IdedExpr, queues: &[&str]) -> Option<String> {
    let Expr::Call(call) = &expression.expr else { return None };
    let sides = || call.args.iter().map(|side| impossible(side, queues));
    match (call.func_name.as_str(), &*call.args) {
        ("_&&_", _) => sides().flatten().next(),
        ("_||_", _) => sides().collect::<Option<Vec<String>>>().map(|why| why.join(", and ")),
        ("_==_", [one, other]) => unknown(one, other, queues).or_else(|| unknown(other, one, queues)),
        ("@in", [one, IdedExpr { expr: Expr::List(list), .. }]) if !list.elements.is_empty() => {
            let why = list.elements.iter().map(|element| unknown(one, element, queues));
            why.collect::<Option<Vec<String>>>().map(|why| why.join(", and "))
        }
        _ => None,
    }
}

/// Says that a variable never has a value.
fn unknown(variable: &IdedExpr, value: &IdedExpr, queues: &[&str]) -> Option<String> {
    let (Expr::Ident(name), Expr::Literal(value)) = (&variable.expr, &value.expr) else { return None };
    match (name.as_str(), value) {
        ("channel", LiteralValue::String(value)) => (value.inner() != channel_word(Channel::WebChat))
            .then(|| format!("no channel is called `{}`", value.inner())),
        ("queue", LiteralValue::String(value)) => {
            (!queues.contains(&value.inner())).then(|| format!("no queue is called `{}`", value.inner()))
        }
        ("weekday", LiteralValue::String(value)) => {
            (!WEEKDAYS.contains(&value.inner())).then(|| format!("no day is called `{}`", value.inner()))
        }
        ("hour", LiteralValue::Int(value)) => {
            (!(0..24).contains(value.inner())).then(|| "hours go from 0 to 23".to_owned())
        }
        _ => None,
    }
}

/// Says what kind of value came out.
fn kind(value: &Value) -> &'static str {
    match value {
        Value::String(_) => "a text",
        Value::Int(_) | Value::UInt(_) | Value::Float(_) => "a number",
        Value::List(_) => "a list",
        Value::Map(_) => "a map",
        Value::Function(..)
        | Value::Bytes(_)
        | Value::Bool(_)
        | Value::Opaque(_)
        | Value::Struct(_)
        | Value::Null => "something else",
    }
}

fn in_words(error: &cel::ExecutionError) -> String {
    if let cel::ExecutionError::NoSuchKey(name) = error {
        return format!("There is no attribute `{name}`.");
    }
    format!("It cannot be worked out: {}.", plain(&error.to_string()))
}

/// Returns the first line of a message without its full stop.
fn plain(message: &str) -> &str {
    message.lines().next().unwrap_or_default().trim_end_matches('.')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(text: &str, pairs: &[(&str, &str)]) -> Result<bool, String> {
        let attributes =
            pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        // Wednesday, 2026-11-18, 14:30 UTC.
        let now = Timestamp::from_millis(1_795_012_200_000);
        let facts = Facts {
            attributes: &attributes,
            channel: Channel::WebChat,
            queue: "Sales",
            waiting_secs: 90,
            now,
        };
        Condition::compile(text).map_err(|fault| format!("refused: {fault}"))?.holds(&facts)
    }

    #[test]
    fn what_is_known_about_a_conversation_can_be_asked_for() {
        let gold = [("tier", "gold"), ("orders", "12")];
        for (text, expected) in [
            ("true", true),
            ("attributes.tier == \"gold\"", true),
            ("attributes.tier == 'silver'", false),
            ("has(attributes.tier) && !has(attributes.country)", true),
            ("int(attributes.orders) > 10", true),
            ("attributes[\"tier\"] in [\"gold\", \"silver\"]", true),
            ("attributes.tier.startsWith(\"go\") && attributes.tier.contains(\"ol\")", true),
            ("channel == \"web_chat\" && queue == \"Sales\"", true),
            ("waiting_secs >= 90 && waiting_secs < 120", true),
            ("hour >= 9 && hour < 17 && weekday == \"wednesday\"", true),
            ("weekday in [\"saturday\", \"sunday\"]", false),
        ] {
            assert_eq!(asked(text, &gold), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_worked_out_says_why() {
        assert_eq!(asked("attributes.tier == 'gold'", &[]), Err("There is no attribute `tier`.".to_owned()));
        assert!(
            asked("int(attributes.orders) > 1", &[("orders", "many")])
                .is_err_and(|why| !why.starts_with("refused"))
        );
        assert_eq!(
            asked("attributes.tier", &[("tier", "gold")]),
            Err("It gives a text, and not true or false.".to_owned())
        );
    }

    #[test]
    fn a_bad_expression_is_refused_with_its_place() {
        for (text, said) in [
            ("attributes.tier = 'gold'", "Line 1, column 17"),
            ("true &&\n  tier == 'gold'", "Line 2, column 3: nothing is called `tier`"),
            ("attributes.all(name, true)", "no loops"),
            ("attributes.tier.matches('a+')", "no function `matches`"),
            ("", "empty"),
            ("1 + 1", "not true or false"),
        ] {
            let refused = asked(text, &[]).expect_err(text);
            assert!(refused.starts_with("refused") && refused.contains(said), "{text}: {refused}");
        }
    }

    #[test]
    fn long_and_deep_expressions_are_refused_or_end() {
        let long = vec!["true"; 200].join(" && ");
        assert!(asked(&long, &[]).is_err_and(|why| why.contains("shorten it")));
        let deep = format!("{}true{}", "(".repeat(17), ")".repeat(17));
        assert!(asked(&deep, &[]).is_err_and(|why| why.contains("Brackets")));
        for (begin, again, end, times) in [
            ("", "!", "true", 400),
            ("", "-", "1 == 1", 400),
            ("", "true ? ", "true", 70),
            ("attributes", ".a", " == ''", 240),
            ("attributes", "['a']", " == ''", 90),
            ("1", "+1", " == 3", 240),
            ("", "true?true:", "true", 48),
            ("'", "\\n", "' == ''", 200),
        ] {
            let text = format!("{begin}{}{end}", again.repeat(times));
            // Whether it is refused or not, it ends, on a smaller stack than a server's threads have.
            let small = std::thread::Builder::new().stack_size(1 << 20);
            small.spawn(move || drop(asked(&text, &[]))).expect("a thread starts").join().expect("it ends");
        }
    }

    #[test]
    fn what_is_always_or_never_true_is_seen() {
        let tendency = |text: &str| Condition::compile(text).expect(text).tendency(&["Sales"]);
        assert_eq!(tendency("1 < 2"), Tendency::Always);
        assert_eq!(tendency("queue == 'Sales'"), Tendency::Depends);
        assert_eq!(tendency("attributes.tier == 'gold'"), Tendency::Depends);
        for never in [
            "false",
            "channel == 'fax'",
            "attributes.tier == 'gold' && queue == 'Sale'",
            "weekday == 'Monday'",
            "hour == 24",
            "channel in ['fax', 'telex']",
            "channel == 'fax' || hour == 25",
        ] {
            assert!(matches!(tendency(never), Tendency::Never(_)), "{never}");
        }
        assert_eq!(tendency("channel == 'fax' || hour == 5"), Tendency::Depends);
    }
}
