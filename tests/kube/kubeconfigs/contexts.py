"""Which of them count: contexts, several files, flags, what is missing."""

from kube.kubeconfigs.case import TOKEN, Case, at, b64, came, config, entry

TWO = {
    "one/config": config("one", cluster=at("one")),
    "two/config": config("two", user={"tokenFile": "token"}, cluster=at("two")),
}


BOTH = {"KUBECONFIG": "$home/one/config:$home/two/config"}


CONTEXTS = (
    Case(name="the first of two files has the current context", files=TWO, environ=BOTH, visit=came(path="/one/api")),
    Case(
        name="--context in the second file, with its token beside it", files=TWO, environ=BOTH,
        flags=("--context=two",), visit=came("Bearer of two", path="/two/api"),
    ),
    Case(
        name="--cluster of the other file", files=TWO, environ=BOTH,
        flags=("--cluster=two",), visit=came(path="/two/api"),
    ),
    Case(
        name="--user of the other file", files=TWO, environ=BOTH,
        flags=("--user=two",), visit=came("Bearer of two", path="/one/api"),
    ),
    Case(
        name="--kubeconfig instead of KUBECONFIG", files=TWO, environ=BOTH,
        flags=("--kubeconfig=$home/two/config",), visit=came("Bearer of two", path="/two/api"),
    ),
    Case(
        name="of two users of one name the first file's counts, whole",
        files={"a": config(user={"username": "jo"}), "b": config(user={"password": "pw", **TOKEN})},
        environ={"KUBECONFIG": "$home/a:$home/b"}, visit=came(f"Basic {b64('jo:')}"),
    ),
    Case(
        name="the first file with a current context chooses",
        files={"a": config("one", cluster=at("one"), **{"current-context": ""}), "b": config("two", cluster=at("two"))},
        environ={"KUBECONFIG": "$home/a:$home/b"}, visit=came(path="/two/api"),
    ),
    Case(
        name="a context of one file, its cluster and user of another",
        files={"a": config(clusters=[], users=[]), "b": config(**{"current-context": None, "contexts": []})},
        environ={"KUBECONFIG": "$home/a:$home/b"}, visit=came(),
    ),
    Case(
        name="missing and empty files between others", files={"config": config(), "void": ""},
        environ={"KUBECONFIG": "$home/gone::$home/void:$home/config"}, visit=came(),
    ),
    Case(
        name="the same file twice", files={"config": config()},
        environ={"KUBECONFIG": "$home/config:$home/config"}, visit=came(),
    ),
    Case(
        name="a broken file beside a good one", files={"config": config(), "broken": "clusters: ["},
        environ={"KUBECONFIG": "$home/config:$home/broken"},
    ),
    Case(name="~/.kube/config", files={".kube/config": config()}, environ={}, visit=came()),
    Case(name="a KUBECONFIG that is empty", files={".kube/config": config()}, environ={"KUBECONFIG": ""}, visit=came()),
    Case(name="a KUBECONFIG that is gone", files={".kube/config": config()}, environ={"KUBECONFIG": "$home/gone"}),
    Case(name="--kubeconfig whose file is gone", files={}, environ={}, flags=("--kubeconfig=$home/gone",)),
    Case(name="no kubeconfig at all", files={}, environ={}),
    Case(name="no current context", files={"config": config(**{"current-context": None})}),
    Case(
        name="no current context, but --cluster and --user",
        files={"config": config(**{"current-context": None})}, flags=("--cluster=prod", "--user=prod"), visit=came(),
    ),
    Case(name="a current context that is gone", files={"config": config(**{"current-context": "gone"})}),
    Case(name="--context that is gone", files={"config": config()}, flags=("--context=gone",)),
    Case(name="--cluster that is gone", files={"config": config()}, flags=("--cluster=gone",)),
    Case(name="--user that is gone", files={"config": config()}, flags=("--user=gone",)),
    Case(name="a context whose user is gone", files={"config": config(users=[])}),
    Case(name="a context whose cluster is gone", files={"config": config(clusters=[])}),
    Case(name="no YAML", files={"config": "clusters: ["}),
    Case(name="YAML with comments", files={"config": "# mine\n" + config()}, visit=came()),
    Case(name="null where lists are expected", files={"config": config(preferences=None, extensions=[])}, visit=came()),
    Case(
        name="fields that nobody knows", visit=came(),
        files={"config": config(user={**TOKEN, "colour": "blue"}, shape="round")},
    ),
    Case(
        name="two users of one name in a file",
        files={"config": config(users=[entry("user", "prod", TOKEN), entry("user", "prod", {"token": "second"})])},
    ),
    Case(
        name="a tilde is no home", files={"config": config(user={"tokenFile": "~/token"})},
    ),
)  # fmt: skip
