//! Queues: what each asks for, how it keeps waits within bounds, when it is open, and how soon it should be served.

use baton_shared::api::{QueueSettings, QueueView, Skill};
use baton_shared::queue::{AskedFirst, AtClosing, Overflow, QueueRules, Standing, Weekday};
use baton_shared::{Level, QueueId};
use leptos::ev::SubmitEvent;
use leptos::prelude::*;

use super::queue_words::{
    CLOSED_ON, Fault, LAST_AGENT_SECS, RELAX, TARGET_PERCENT, TARGET_SECS, WAIT_SECS, WAITING_MAX, Written,
    ZONE, field_of, limits, service_level,
};
use super::setup::Setup;
use super::skill_words::{Asked, NOT_ASKED};
use crate::api;
use crate::browser::{dates, page};
use crate::controls::dialog::Dialog;
use crate::conversation::questions::Refusal;
use crate::reactive::effect;

/// The page; administrators only.
#[component]
pub fn QueuesPage(
    /// What the parts share.
    setup: Setup,
) -> impl IntoView {
    setup.fetch();
    let asked = RwSignal::new(None::<QueueView>);
    let fetched = Callback::new(move |()| {
        setup.take(api::queues(), move |queues| setup.queues.set(queues));
        asked.set(None);
    });
    view! {
        <div class="admin__bar">
            <h1>"Queues"</h1>
            <p class="admin__status" role="status">
                {move || setup.saved.get().then_some("Saved")}
            </p>
        </div>
        <div class="admin__refusal" role="alert">
            {move || setup.refusal.get().map(|sentence| view! { <p class="refusal">{sentence}</p> })}
        </div>
        <div class="admin__content">
            <section class="panel" aria-labelledby="queues-title">
                <h2 id="queues-title">"Waits and hours"</h2>
                <p class="hint">
                    "A change holds at once, also for those who wait already. A transfer is never turned away: limits are for customers who come and who wait."
                </p>
                <Show
                    when=move || setup.queues.with(|queues| !queues.is_empty())
                    fallback=|| view! { <p>"There is no queue yet."</p> }
                >
                    <QueueTable setup=setup asked=asked />
                </Show>
            </section>
        </div>
        {move || {
            asked.get().map(|queue| view! { <QueueDialog setup=setup queue=queue asked=asked saved=fetched /> })
        }}
    }
}

fn name_of(setup: Setup, queue: QueueId) -> String {
    let queues = setup.queues.get();
    queues.into_iter().find(|each| each.id == queue).map_or_else(String::new, |queue| queue.name)
}

/// Says whether a queue is open, and until when.
fn stands(standing: Option<Standing>, needs_somebody: bool) -> String {
    let Some(Standing { open, until }) = standing else {
        return if needs_somebody { "While somebody is available" } else { "Always" }.to_owned();
    };
    let word = if open { "Open" } else { "Closed" };
    match until {
        Some(until) => format!("{word} until {}", dates::full(until)),
        None => word.to_owned(),
    }
}

#[component]
fn QueueTable(setup: Setup, asked: RwSignal<Option<QueueView>>) -> impl IntoView {
    let row = move |queue: QueueView| {
        let rules = queue.rules.clone();
        let (name, change) = (queue.name.clone(), queue.clone());
        view! {
            <tr>
                <th scope="row">{queue.name}</th>
                <td data-label="Limits">{move || limits(&rules, |queue| name_of(setup, queue))}</td>
                <td data-label="Service level">{service_level(&queue.rules)}</td>
                <td data-label="Open">{stands(queue.standing, queue.rules.unattended_form)}</td>
                <td data-label="Members">{queue.members.len()}</td>
                <td class="groups__tools">
                    <button
                        class="button button--small"
                        type="button"
                        aria-label=format!("Change {name}")
                        on:click=move |_| asked.set(Some(change.clone()))
                    >
                        "Change"
                    </button>
                </td>
            </tr>
        }
    };
    view! {
        <table class="groups" aria-labelledby="queues-title">
            <thead>
                <tr>
                    <th scope="col">"Name"</th>
                    <th scope="col">"Limits"</th>
                    <th scope="col">"Service level"</th>
                    <th scope="col">"Open"</th>
                    <th scope="col">"Members"</th>
                    <td></td>
                </tr>
            </thead>
            <tbody>{move || setup.queues.get().into_iter().map(row).collect_view()}</tbody>
        </table>
    }
}

#[component]
fn QueueDialog(
    setup: Setup,
    queue: QueueView,
    asked: RwSignal<Option<QueueView>>,
    saved: Callback<()>,
) -> impl IntoView {
    let form = RwSignal::new(Written::of(&queue.rules, &dates::zone()));
    let known = setup.skills.get_untracked();
    let skills = RwSignal::new(Asked::of(&queue.skills, &queue.rules.relax, &known));
    let refusal = RwSignal::new(None::<String>);
    let wrong = RwSignal::new(None::<&'static str>);
    provide_context(Wrong(wrong));
    effect(move || {
        let Some(sentence) = refusal.get() else { return };
        if let Some(field) = wrong.get_untracked().or_else(|| field_of(&sentence)) {
            wrong.set(Some(field));
            page::focus(&field_id(field));
        }
    });
    let close = Callback::new(move |()| asked.set(None));
    let (id, title) = (queue.id, format!("Change {}", queue.name));
    let queue = StoredValue::new(queue);
    let submit = move |event: SubmitEvent| {
        event.prevent_default();
        let known = setup.skills.get_untracked();
        // In the order of the fields, so that the first that is wrong gets the focus.
        let relax = skills.with_untracked(|skills| skills.relaxations(&known));
        let relax = relax.map_err(|sentence| Fault::of(RELAX, sentence));
        let read = relax.and_then(|relax| Ok(QueueRules { relax, ..form.with_untracked(Written::rules)? }));
        wrong.set(read.as_ref().err().map(|fault| fault.field));
        let rules = match read {
            Ok(rules) => rules,
            Err(fault) => return refusal.set(Some(fault.sentence)),
        };
        let QueueView { name, priority, .. } = queue.get_value();
        let skills = skills.with_untracked(|asked| asked.skills.clone());
        let settings = QueueSettings { name, skills, priority, rules: Some(Box::new(rules)) };
        let saving = async move { api::change_queue(id, &settings).await };
        setup.save(saving, refusal, move || saved.run(()));
    };
    view! {
        <Dialog name=title.clone() open=Signal::stored(true) on_close=close>
            <form on:submit=submit>
                <h2>{title.clone()}</h2>
                <SkillFields setup=setup skills=skills />
                <LimitFields setup=setup queue=id form=form />
                <TargetFields form=form />
                <AskedFirstChoice form=form />
                <InterruptibleField form=form />
                <LastAgentField form=form />
                <SurveyField form=form />
                <HoursFields form=form />
                <div class="dialog__foot">
                    <div id=REFUSAL>
                        <Refusal refusal=refusal />
                    </div>
                    <div class="dialog__buttons">
                        <button class="button" type="button" on:click=move |_| close.run(())>
                            "Back"
                        </button>
                        <button class="button button--primary" type="submit">
                            "Save queue"
                        </button>
                    </div>
                </div>
            </form>
        </Dialog>
    }
}

/// The id of what says why the form was refused.
const REFUSAL: &str = "queue-refusal";

/// The label of the field that is wrong, for the fields of the form.
#[derive(Clone, Copy)]
struct Wrong(RwSignal<Option<&'static str>>);

impl Wrong {
    /// Returns a word for attributes where it is the field with this label that is wrong.
    fn word(self, label: &'static str, word: &'static str) -> Option<&'static str> {
        (self.0.get() == Some(label)).then_some(word)
    }
}

/// Returns the id of the field with this label.
fn field_id(label: &str) -> String {
    format!("queue-{}", label.to_lowercase().replace(|one: char| !one.is_alphanumeric(), "-"))
}

/// A text field of the form.
#[component]
fn TextField(
    label: &'static str,
    form: RwSignal<Written>,
    /// The text in the form.
    text: fn(&mut Written) -> &mut String,
    /// How the keyboard of a phone begins.
    #[prop(optional)]
    numeric: bool,
) -> impl IntoView {
    let shown = move || form.with(|form| text(&mut form.clone()).clone());
    let wrong: Wrong = expect_context();
    view! {
        <label class="field">
            <span class="field__label">{label}</span>
            <input
                id=field_id(label)
                class="field__input"
                type="text"
                aria-invalid=move || wrong.word(label, "true")
                aria-describedby=move || wrong.word(label, REFUSAL)
                autocomplete="off"
                inputmode=numeric.then_some("numeric")
                prop:value=shown
                on:input=move |event| form.update(|form| *text(form) = event_target_value(&event))
            />
        </label>
    }
}

#[component]
fn SkillFields(setup: Setup, skills: RwSignal<Asked>) -> impl IntoView {
    let wrong: Wrong = expect_context();
    let choice = move |skill: Skill| {
        let id = skill.id;
        let option = move |value: String, label: String| {
            let chosen = value.clone();
            view! {
                <option value=value prop:selected=move || skills.with(|asked| asked.choice(id) == chosen)>
                    {label}
                </option>
            }
        };
        let levels =
            (1..=u8::from(Level::MOST)).map(|level| option(level.to_string(), format!("At {level}")));
        view! {
            <label class="field">
                <span class="field__label">{skill.name}</span>
                <select
                    class="field__input"
                    on:change=move |event| {
                        skills.update(|asked| asked.choose(id, &event_target_value(&event)));
                    }
                >
                    {option(NOT_ASKED.to_owned(), "Not asked for".to_owned())}
                    {levels.collect_view()}
                </select>
            </label>
        }
    };
    view! {
        <fieldset class="choices">
            <legend>"Skills"</legend>
            {move || setup.skills.get().into_iter().map(choice).collect_view()}
            <p class="hint">
                "Only those are asked who have each of these skills at its level or above. At 1 it is enough to have the skill."
            </p>
            <label class="field">
                <span class="field__label">{RELAX}</span>
                <textarea
                    id=field_id(RELAX)
                    class="field__input"
                    rows="3"
                    aria-invalid=move || wrong.word(RELAX, "true")
                    aria-describedby=move || wrong.word(RELAX, REFUSAL)
                    prop:value=move || skills.with(|asked| asked.relax.clone())
                    on:input=move |event| skills.update(|asked| asked.relax = event_target_value(&event))
                ></textarea>
            </label>
            <p class="hint">
                "One time in each line, such as \"after 30 s German at 4\" or \"after 60 s no German\": whoever waits so long is also offered to people who know less. Leave it empty to ask for the same at all times."
            </p>
        </fieldset>
    }
}

#[component]
fn LimitFields(setup: Setup, queue: QueueId, form: RwSignal<Written>) -> impl IntoView {
    let choose = move |event| {
        let wanted = event_target_value(&event);
        let overflow = match wanted.as_str() {
            "request" => Overflow::Request,
            "refuse" => Overflow::Refuse,
            other => match other.parse() {
                Ok(queue) => Overflow::Queue(queue),
                Err(_) => return,
            },
        };
        form.update(|form| form.overflow = overflow);
    };
    let option = move |value: String, label: String, overflow: Overflow| {
        view! {
            <option value=value prop:selected=move || form.with(|form| form.overflow == overflow)>
                {label}
            </option>
        }
    };
    let others = move || {
        let queues = setup.queues.get().into_iter().filter(move |each| each.id != queue);
        queues
            .map(|each| {
                option(each.id.to_string(), format!("The queue {}", each.name), Overflow::Queue(each.id))
            })
            .collect_view()
    };
    view! {
        <fieldset class="choices">
            <legend>"Limits"</legend>
            <TextField label=WAITING_MAX form=form text=|form| &mut form.waiting_max numeric=true />
            <TextField label=WAIT_SECS form=form text=|form| &mut form.wait_secs numeric=true />
            <label class="field">
                <span class="field__label">"Beyond that"</span>
                <select class="field__input" on:change=choose>
                    {option("request".to_owned(), "A request with a number".to_owned(), Overflow::Request)}
                    {option(
                        "refuse".to_owned(),
                        "New ones are refused and may leave a message".to_owned(),
                        Overflow::Refuse,
                    )}
                    {others}
                </select>
            </label>
            <p class="hint">"Leave a limit empty for none. In another queue a customer keeps their age."</p>
        </fieldset>
    }
}

#[component]
fn TargetFields(form: RwSignal<Written>) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>"Service level"</legend>
            <TextField label=TARGET_SECS form=form text=|form| &mut form.target_secs numeric=true />
            <TextField label=TARGET_PERCENT form=form text=|form| &mut form.target_percent numeric=true />
            <p class="hint">
                "Who serves several queues is offered first what is due first by this time. A queue without one counts as 300 seconds."
            </p>
        </fieldset>
    }
}

#[component]
fn AskedFirstChoice(form: RwSignal<Written>) -> impl IntoView {
    let radio = move |asked_first: AskedFirst, label: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="asked-first"
                    prop:checked=move || form.with(|form| form.asked_first == asked_first)
                    on:change=move |_| form.update(|form| form.asked_first = asked_first)
                />
                {label}
            </label>
        }
    };
    view! {
        <fieldset class="choices">
            <legend>"Asked first"</legend>
            {radio(AskedFirst::LongestIdle, "Whoever has been idle longest")}
            {radio(AskedFirst::LeastLoaded, "Whoever has the least share of their room taken")}
        </fieldset>
    }
}

#[component]
fn InterruptibleField(form: RwSignal<Written>) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>"Urgency"</legend>
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || form.with(|form| form.interruptible)
                    on:change=move |event| form.update(|form| form.interruptible = event_target_checked(&event))
                />
                "Its conversations may be interrupted"
            </label>
            <p class="hint">
                "Whoever is full of interruptible conversations is still offered others, up to their capacity. Interruptible ones are offered only to people who have room beside everything they hold. It holds for what comes into the queue from now on."
            </p>
        </fieldset>
    }
}

#[component]
fn LastAgentField(form: RwSignal<Written>) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>"Customers who return"</legend>
            <TextField
                label=LAST_AGENT_SECS
                form=form
                text=|form| &mut form.last_agent_secs
                numeric=true
            />
            <p class="hint">"Empty asks everyone at once. Whoever is away or declines is not waited for."</p>
        </fieldset>
    }
}

#[component]
fn SurveyField(form: RwSignal<Written>) -> impl IntoView {
    view! {
        <fieldset class="choices">
            <legend>"After the conversation"</legend>
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || form.with(|form| form.survey)
                    on:change=move |event| form.update(|form| form.survey = event_target_checked(&event))
                />
                "Ask customers how good it was"
            </label>
            <p class="hint">"One question, from very bad to very good, and a comment if they like. Whoever was served by an agent is asked once."</p>
        </fieldset>
    }
}

#[component]
fn HoursFields(form: RwSignal<Written>) -> impl IntoView {
    const TIMES: [fn(&mut Written) -> &mut String; 7] = [
        |form| &mut form.days[0],
        |form| &mut form.days[1],
        |form| &mut form.days[2],
        |form| &mut form.days[3],
        |form| &mut form.days[4],
        |form| &mut form.days[5],
        |form| &mut form.days[6],
    ];
    let radio = move |at_closing: AtClosing, label: &'static str| {
        view! {
            <label class="choice">
                <input
                    type="radio"
                    name="at-closing"
                    prop:checked=move || form.with(|form| form.at_closing == at_closing)
                    on:change=move |_| form.update(|form| form.at_closing = at_closing)
                />
                {label}
            </label>
        }
    };
    let days = move || {
        let each = Weekday::ALL.into_iter().zip(TIMES);
        each.map(|(day, text)| view! { <TextField label=day.label() form=form text=text /> }).collect_view()
    };
    view! {
        <fieldset class="choices">
            <legend>"Hours"</legend>
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || form.with(|form| form.has_hours)
                    on:change=move |event| form.update(|form| form.has_hours = event_target_checked(&event))
                />
                "Open at certain times only"
            </label>
            <Show when=move || form.with(|form| form.has_hours)>
                <TextField label=ZONE form=form text=|form| &mut form.zone />
                {days}
                <TextField label=CLOSED_ON form=form text=|form| &mut form.closed_on />
                <p class="hint">
                    "Times such as 09:00-12:30, 14:00-18:00; days such as 2026-12-25. Outside of them customers can leave a message."
                </p>
                {radio(AtClosing::Keep, "Who waits at closing time is kept")}
                {radio(AtClosing::Request, "Who waits at closing time gets a request with a number")}
            </Show>
            <label class="choice">
                <input
                    type="checkbox"
                    prop:checked=move || form.with(|form| form.unattended_form)
                    on:change=move |event| form.update(|form| form.unattended_form = event_target_checked(&event))
                />
                "Closed while nobody who serves it is available"
            </label>
        </fieldset>
    }
}
