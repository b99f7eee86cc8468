//! Reading the faces in an answer of `publishWithResponse`, whose member names are assumed.

use crate::behaviour::value::text;
use serde_json::Value;

/// The members that the guide lists for each face, by their assumed names.
const MEMBERS: [&str; 5] = ["faceId", "detectionId", "boundingBox", "confidence", "quality"];

/// The faces of an answer; `None` when it has another shape than the assumed one.
pub(in crate::behaviour) fn faces(body: &Value) -> Option<&Vec<Value>> {
    body.get("faces")?.as_array()
}

/// What of the listed members a face lacks, by their assumed names. A member of a name that nobody assumed may stand for
/// one of them: `None` where there are as many of these as are lacking, so that nothing is known to be.
pub(super) fn lacking(face: &Value) -> Option<Vec<&'static str>> {
    let Some(members) = face.as_object() else {
        return says(face).eq(&0).then(|| MEMBERS.to_vec());
    };
    let lacking: Vec<_> = MEMBERS
        .into_iter()
        .filter(|name| members.get(*name).is_none_or(Value::is_null))
        .collect();
    let foreign = members
        .iter()
        .filter(|(name, _)| !MEMBERS.contains(&name.as_str()) && *name != "person");
    let foreign: usize = foreign.map(|(_, member)| says(member)).sum();
    (foreign < lacking.len() || lacking.is_empty()).then_some(lacking)
}

/// How many things a member may say. A list may be anything, a box say.
fn says(member: &Value) -> usize {
    match member {
        Value::Null => 0,
        Value::Object(members) => members.values().map(says).sum(),
        Value::Bool(_) | Value::Number(_) | Value::String(_) => 1,
        Value::Array(entries) => entries.len(),
    }
}

/// What is out of range in a face: scores from 0 to 1 or to 100, a box that has an area and lies within the picture.
pub(super) fn out_of_range(face: &Value, (width, height): (f64, f64)) -> Vec<String> {
    let mut wrong = Vec::new();
    for name in ["confidence", "quality"] {
        if let Some(score) = face.get(name).and_then(Value::as_f64)
            && !(0.0..=100.0).contains(&score)
        {
            wrong.push(format!("{name} is {score}"));
        }
    }
    let side = |name: &str| {
        face.get("boundingBox")
            .and_then(|area| area.get(name))
            .and_then(Value::as_f64)
    };
    if let (Some(x), Some(y), Some(w), Some(h)) = (side("x"), side("y"), side("width"), side("height")) {
        // Boxes may hang over the edge a little, where a detector guesses what it cannot see.
        let (slack_x, slack_y) = (width * 0.25, height * 0.25);
        let inside = x >= -slack_x && y >= -slack_y && x + w <= width + slack_x && y + h <= height + slack_y;
        if w <= 0.0 || h <= 0.0 || !inside {
            wrong.push(format!("the box {x},{y} {w}x{h} is not within {width}x{height}"));
        }
    }
    wrong
}

/// The id of a face and of its detection.
pub(in crate::behaviour) fn ids(face: &Value) -> (Option<String>, Option<String>) {
    (text(face, "faceId"), text(face, "detectionId"))
}

/// Width and height of a JPEG, from its frame header.
pub(in crate::behaviour) fn size(jpeg: &[u8]) -> Option<(f64, f64)> {
    let mut at = 2;
    while let Some(&[0xFF, marker, high, low]) = jpeg.get(at..at + 4) {
        if marker == 0xFF {
            at += 1; // a fill byte: any number of them may stand in front of a marker (ITU-T T.81, B.1.1.2)
            continue;
        }
        if matches!(marker, 0xC0..=0xC3 | 0xC5..=0xC7 | 0xC9..=0xCB | 0xCD..=0xCF) {
            let frame = jpeg.get(at + 5..at + 9)?;
            let number = |high: u8, low: u8| f64::from(u16::from_be_bytes([high, low]));
            return Some((number(frame[2], frame[3]), number(frame[0], frame[1])));
        }
        at += 2 + usize::from(u16::from_be_bytes([high, low]));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use proofload_deployment::images;
    use serde_json::json;

    fn face() -> Value {
        json!({"faceId": "a", "detectionId": "b", "boundingBox": {"x": 24, "y": 31, "width": 188, "height": 214},
            "confidence": 0.98, "quality": 91})
    }

    #[test]
    fn sizes_are_read_from_the_frame_header() {
        assert_eq!(size(images::ALIGNED.jpeg), Some((112.0, 112.0)));
        assert_eq!(size(images::FACE.jpeg), Some((260.0, 300.0)));
        assert_eq!(size(b"\xFF\xD8 no frame"), None);
        let filled = [&images::FACE.jpeg[..2], b"\xFF\xFF\xFF", &images::FACE.jpeg[2..]].concat();
        assert_eq!(size(&filled), Some((260.0, 300.0)));
    }

    #[test]
    fn a_face_in_range_passes_and_one_beyond_is_told() {
        assert!(out_of_range(&face(), (260.0, 300.0)).is_empty());
        for (pointer, value) in [
            ("/confidence", json!(-0.1)),
            ("/quality", json!(100.5)),
            ("/boundingBox/width", json!(0)),
            ("/boundingBox/x", json!(250)),
            ("/boundingBox/y", json!(-200)),
        ] {
            let mut bent = face();
            *bent.pointer_mut(pointer).unwrap() = value;
            assert_eq!(out_of_range(&bent, (260.0, 300.0)).len(), 1, "{pointer}");
        }
    }

    #[test]
    fn a_member_is_lacking_only_when_no_other_name_can_stand_for_it() {
        assert_eq!(lacking(&face()), Some(vec![]));
        let mut bent = face();
        bent.as_object_mut().unwrap().remove("quality");
        assert_eq!(lacking(&bent), Some(vec!["quality"]));
        bent["qualityScore"] = json!(0.5);
        assert_eq!(lacking(&bent), None);
        let otherwise = json!({"id": 1, "seen": {"id": 2, "score": 0.5, "sharpness": 1}, "area": [1, 2, 3, 4]});
        assert_eq!(lacking(&otherwise), None);
        for empty in [json!({}), json!(null), json!({"person": null}), json!({"id": 1})] {
            assert_eq!(lacking(&empty), Some(MEMBERS.to_vec()), "{empty}");
        }
    }
}
