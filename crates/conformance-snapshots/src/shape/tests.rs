use super::*;
use serde_json::json;

fn shown(value: &Value) -> String {
    Shape::of(value).to_string()
}

#[test]
fn values_do_not_show_and_types_do() {
    for (value, shape) in [
        (json!(null), "null"),
        (json!([]), "[]"),
        (json!({}), "{}"),
        (json!([1, 2.5, null]), "[null | number]"),
        (json!("x"), "string"),
        (json!("2f1b2a60-8f8e-4b3a-9a51-1f0f4a9e0c11"), "uuid"),
        (json!("2026-11-22T05:24:30.123Z"), "date-time"),
        (json!("2026-11-22T05:24:30"), "date-time"),
        (json!("eyJhbGciOiJIUzI1NiJ9.eyJ1Ijoi.abc"), "token"),
        (json!("[token]"), "token"),
        (
            json!({"b": true, "a": [{"x": 1}, {"x": "s", "y": 1}]}),
            r#"{"a": [{"x": number | string, "y"?: number}], "b": boolean}"#,
        ),
        (json!(["2f1b2a60-8f8e-4b3a-9a51-1f0f4a9e0c11", "x"]), "[string]"),
        (json!([[], [1]]), "[[number]]"),
    ] {
        assert_eq!(shown(&value), shape);
    }
}

#[test]
fn the_order_of_members_and_elements_does_not_matter() {
    let one = json!([{"a": 1, "b": null}, {"b": "x"}, {"a": 2, "b": "y", "c": []}]);
    let other = json!([{"b": "x", "a": 7}, {"c": [], "a": 2, "b": null}, {"b": "longer"}]);
    assert_eq!(shown(&one), shown(&other));
    assert_eq!(shown(&one), r#"[{"a"?: number, "b": null | string, "c"?: []}]"#);
}

#[test]
fn what_does_not_fit_a_line_goes_over_several() {
    let value = json!({"faces": [{"faceId": "x", "detectionId": "x", "confidence": 0.5, "quality": 1, "boundingBox": {"x": 1, "y": 1, "width": 1, "height": 1}}]});
    insta::assert_snapshot!(shown(&value), @r#"
    {
      "faces": [
        {
          "boundingBox": {"height": number, "width": number, "x": number, "y": number},
          "confidence": number,
          "detectionId": string,
          "faceId": string,
          "quality": number
        }
      ]
    }
    "#);
}

#[test]
fn names_that_are_values_are_not_kept() {
    let value = json!({"2f1b2a60-8f8e-4b3a-9a51-1f0f4a9e0c11": 1, "eyJhbGciOiJIUzI1NiJ9.e30.x": 2, "a\nb": 3, "": 4, "ok-name": 5});
    assert_eq!(
        shown(&value),
        r#"{"<other>": number, "<uuid>": number, "ok-name": number}"#
    );
}

#[test]
fn depth_and_width_are_bounded() {
    let mut deep = json!(1);
    for _ in 0..100 {
        deep = json!([deep]);
    }
    assert_eq!(shown(&deep).matches('[').count(), MAX_DEPTH);
    assert!(shown(&deep).contains('…'));
    let wide: serde_json::Map<String, Value> = (0..10_000).map(|number| (format!("m{number}"), json!(1))).collect();
    let wide = shown(&Value::Object(wide));
    assert_eq!(wide.matches(": number").count(), MAX_MEMBERS);
    assert!(wide.ends_with("} | …"), "{}", &wide[wide.len() - 20..]);
}

#[test]
fn a_written_shape_is_read_back() {
    for value in [
        json!(null),
        json!([]),
        json!({}),
        json!([[], [1]]),
        json!([{"a": 1, "b": null}, {"b": "x", "c": [true]}, null, "x", 1.5]),
        json!({"id": "2f1b2a60-8f8e-4b3a-9a51-1f0f4a9e0c11", "at": "2026-11-22T05:24:30Z", "token": "[token]"}),
        json!({"a-long-name-for-a-member": [{"x": 1}], "another-long-name-for-a-member": {"y": [[{"z": null}]]}, "and-a-third": true}),
    ] {
        let shape = Shape::of(&value);
        assert_eq!(Shape::parse(&shape.to_string()), Some(shape.clone()), "{shape}");
    }
    for text in [
        "",
        "strin",
        "[number",
        "{\"a\": }",
        "{\"a\" number}",
        "number string",
        "{\"a: 1}",
        "number |",
    ] {
        assert_eq!(Shape::parse(text), None, "{text}");
    }
    assert_eq!(Shape::parse(&"[".repeat(1_000_000)), None);
}

#[test]
fn only_more_than_data_is_drift() {
    let holds = |before: &Value, now: &Value| Shape::of(before).holds_for(&Shape::of(now));
    let person = json!({"name": "x", "title": null, "tags": [], "id": "2f1b2a60-8f8e-4b3a-9a51-1f0f4a9e0c11"});
    let with = |member: &str, value: Value| {
        let mut person = person.clone();
        person[member] = value;
        person
    };
    for now in [
        with("title", json!("Dr")),
        with("name", json!(null)),
        with("tags", json!([{"tagId": 1}])),
        with("name", json!("2f1b2a60-8f8e-4b3a-9a51-1f0f4a9e0c11")),
    ] {
        assert!(holds(&person, &now), "{now}");
    }
    let mut less = person.clone();
    less.as_object_mut().expect("an object").remove("title");
    for now in [
        with("name", json!(1)),
        with("id", json!("17")),
        with("more", json!(null)),
        with("tags", json!({})),
        less.clone(),
        json!([person]),
        json!("x"),
    ] {
        assert!(!holds(&person, &now), "{now}");
    }
    let list = json!([person, less]);
    assert!(holds(&list, &json!([less])) && holds(&list, &json!([])));
    assert!(!holds(&json!([person]), &list));
    assert!(!holds(&json!([1]), &json!([1, "x"])) && holds(&json!([1, "x"]), &json!(["x"])));
}
