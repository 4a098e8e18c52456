"""A profile written out in full, in the words that it is read in."""

from typing import Any

import yaml

from bwtop.model.profile import VIEW_COLUMNS, Profile, ViewProfile


def profile_text(profile: Profile) -> str:
    """YAML that `read_profile` reads as the same profile; what nobody has said is left out."""
    where = profile.source or "ships with bwtop"
    return f"# {profile.name}: {where}\n" + yaml.safe_dump(_fields(profile), sort_keys=False, width=110)


def _fields(profile: Profile) -> dict[str, Any]:
    fields: dict[str, Any] = {
        "about": profile.about,
        "contexts": list(profile.contexts),
        "protected": list(profile.protected),
        "protected_servers": list(profile.protected_servers),
        "cilium": _said({"namespace": profile.cilium_namespace or "", "selector": profile.cilium_selector}),
        "refresh": f"{profile.refresh:g}s",
        "low_data": profile.low_data,
        "presets": list(profile.presets),
        "netperf": {
            "image": profile.netperf.image,
            "tests": list(profile.netperf.tests),
            "duration": f"{profile.netperf.duration:g}s",
            "samples": profile.netperf.samples,
        },
        "views": _said({key: _view(profile.views[key]) for key in VIEW_COLUMNS if key in profile.views}),
        "theme": profile.theme,
    }
    return _said(fields)


def _view(view: ViewProfile) -> dict[str, Any]:
    return _said({"columns": list(view.columns), "sort": view.sort}) | (
        {} if view.descending is None else {"descending": view.descending}
    )


def _said(fields: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in fields.items() if value not in ("", [], {}, None)}
