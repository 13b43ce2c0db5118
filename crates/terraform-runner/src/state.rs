use serde_json::Value;

/// A resource instance in what `show -json` gives, with `address`, `values`, `sensitive_values`, `identity`, ….
pub(crate) fn resource<'a>(shown: &'a Value, address: &str) -> Option<&'a Value> {
    in_module(&shown["values"]["root_module"], address)
}

fn in_module<'a>(module: &'a Value, address: &str) -> Option<&'a Value> {
    let of = |list: &str| module[list].as_array().map(Vec::as_slice).unwrap_or_default();
    let here = of("resources")
        .iter()
        .find(|it| it["address"] == address && it.get("deposed_key").is_none());
    here.or_else(|| of("child_modules").iter().find_map(|child| in_module(child, address)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn resources_are_found_in_modules_too() {
        let shown = json!({"values": {"root_module": {
            "resources": [
                {"address": "a.b", "deposed_key": "1234", "values": {"x": 0}},
                {"address": "a.b", "values": {"x": 1}},
            ],
            "child_modules": [{"child_modules": [{"resources": [{"address": "module.m.a.b", "values": {"x": 2}}]}]}],
        }}});
        assert_eq!(resource(&shown, "a.b").unwrap()["values"]["x"], 1);
        assert_eq!(resource(&shown, "module.m.a.b").unwrap()["values"]["x"], 2);
        assert!(resource(&shown, "a.c").is_none());
        assert!(resource(&json!({"format_version": "1.0"}), "a.b").is_none());
    }
}
