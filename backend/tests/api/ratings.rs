//! What customers say of conversations that have ended.

use axum::http::StatusCode;
use baton_shared::{QueueId, Role};
use serde_json::{Value, json};

use crate::app::{Client, Person, TestApp};
use crate::conversations::accept;

async fn set_survey(admin: &Person<'_>, queue: QueueId, survey: bool) {
    let body = json!({"name": "Support", "skills": [], "priority": "normal", "rules": {"survey": survey}});
    admin.client.put(&format!("/api/queues/{queue}"), &body).await.expect(StatusCode::NO_CONTENT);
}

async fn survey(customer: &Client<'_>) -> Value {
    customer.get("/api/chat").await.expect(StatusCode::OK)["chat"]["phase"]["survey"].clone()
}

#[tokio::test]
async fn a_customer_who_was_served_is_asked_once_and_their_answer_stands() {
    let app = TestApp::start();
    let (root, ada) = (app.person("Root", Role::Administrator).await, app.person("Ada", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id]).await;
    set_survey(&root, queue, true).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "My parcel is lost").await;
    let rate = async |body: &Value| customer.post("/api/chat/rating", body).await;
    let good = json!({"score": 4, "comment": "  Quick  "});
    rate(&good).await.refused(StatusCode::CONFLICT, "not_ended");
    let id = accept(&ada).await;
    rate(&good).await.refused(StatusCode::CONFLICT, "not_ended");
    let body = json!({"disposition": "resolved", "notes": null});
    ada.client.post(&format!("/api/conversations/{id}/closure"), &body).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(survey(&customer).await, "asked");
    for score in [json!(0), json!(6), json!(2.5), json!("5"), Value::Null] {
        let answer = rate(&json!({"score": score})).await;
        answer.refused(StatusCode::UNPROCESSABLE_ENTITY, "wrong_shape");
    }
    let long = json!({"score": 3, "comment": "a".repeat(1_001)});
    rate(&long).await.refused(StatusCode::UNPROCESSABLE_ENTITY, "text_too_long");
    assert_eq!(survey(&customer).await, "asked", "a refusal takes nothing");
    rate(&good).await.expect(StatusCode::NO_CONTENT);
    assert_eq!(survey(&customer).await, "answered");
    rate(&json!({"score": 1})).await.refused(StatusCode::CONFLICT, "rated_already");
    set_survey(&root, queue, false).await;
    assert_eq!(survey(&customer).await, "answered", "what was said stays said");
}

#[tokio::test]
async fn no_rating_is_asked_where_the_queue_does_not_or_nobody_served() {
    let app = TestApp::start();
    let (root, ada) = (app.person("Root", Role::Administrator).await, app.person("Ada", Role::Agent).await);
    let queue = app.add_queue("Support", &[ada.id]).await;
    let end = async |customer: &Client<'_>| {
        customer.post("/api/chat/closure", &json!({})).await.expect(StatusCode::NO_CONTENT);
    };
    let (unserved, _) = app.customer("Dan", "Hello").await;
    end(&unserved).await;
    app.make_available(&ada).await;
    let (customer, _) = app.customer("Carla", "Hello").await;
    accept(&ada).await;
    end(&customer).await;
    assert_eq!(survey(&customer).await, Value::Null, "a queue asks only where it is set to");
    customer.post("/api/chat/rating", &json!({"score": 5})).await.refused(StatusCode::CONFLICT, "survey_off");
    set_survey(&root, queue, true).await;
    assert_eq!(survey(&unserved).await, Value::Null);
    unserved.post("/api/chat/rating", &json!({"score": 1})).await.refused(StatusCode::CONFLICT, "survey_off");
    assert_eq!(survey(&customer).await, Value::Null, "what the queue asked as it ended counts");
    let anyone = app.anyone().post("/api/chat/rating", &json!({"score": 5})).await;
    anyone.refused(StatusCode::UNAUTHORIZED, "token_invalid");
}
