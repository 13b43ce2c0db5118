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

/// The attributes of a resource instance in a state file; a deposed object is none.
pub(crate) fn attributes(mut file: Value, address: &str) -> Option<Value> {
    let resources = file["resources"].as_array_mut()?;
    resources.iter_mut().find_map(|resource| {
        let of_resource = address_in(resource)?;
        let instances = resource["instances"].as_array_mut()?;
        let mut current = instances.iter_mut().filter(|it| it.get("deposed").is_none());
        let found = current.find(|it| {
            // A number is written as in JSON, a name in quotes.
            let index = it.get("index_key").map_or_else(String::new, |key| format!("[{key}]"));
            address == of_resource.clone() + &index
        })?;
        Some(found["attributes"].take())
    })
}

/// `[module.MODULE.][data.]TYPE.NAME`.
fn address_in(resource: &Value) -> Option<String> {
    let module = resource["module"].as_str().map_or_else(String::new, |it| format!("{it}."));
    let mode = if resource["mode"] == "data" { "data." } else { "" };
    Some(format!("{module}{mode}{}.{}", resource["type"].as_str()?, resource["name"].as_str()?))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn attributes_are_found_in_a_state_file_by_address() {
        let file = json!({"version": 4, "resources": [
            {"mode": "managed", "type": "a", "name": "b", "instances": [
                {"deposed": "1234", "attributes": {"x": 0}},
                {"attributes": {"x": 1}},
            ]},
            {"mode": "data", "type": "a", "name": "b", "instances": [{"attributes": {"x": 2}}]},
            {"module": "module.m[\"k\"]", "mode": "managed", "type": "a", "name": "b", "instances": [
                {"index_key": 7, "attributes": {"x": 3}},
                {"index_key": "k", "attributes": {"x": 4}},
            ]},
        ]});
        let x = |address: &str| attributes(file.clone(), address).map(|it| it["x"].clone());
        assert_eq!(x("a.b"), Some(1.into()));
        assert_eq!(x("data.a.b"), Some(2.into()));
        assert_eq!(x("module.m[\"k\"].a.b[7]"), Some(3.into()));
        assert_eq!(x("module.m[\"k\"].a.b[\"k\"]"), Some(4.into()));
        assert_eq!(x("a.c"), None);
        assert_eq!(x("module.m[\"k\"].a.b"), None);
    }

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
