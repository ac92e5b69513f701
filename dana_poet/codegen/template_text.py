"""The text of a rule-based enhancement: one function that goes through the four stages, made to be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dana_poet.codegen.template_plan import Parameter, Plan

WORDS = {
    "pure": "computes from its arguments alone", "reads": "looks at things beside its arguments",
    "writes": "changes things", "network": "asks the network", "model": "asks a language model",
}  # fmt: skip
USED = (
    "poet",
    "running",
    "execution",
    "token",
    "started",
    "result",
    "error",
    "stream",
    "item",
    "sent",
    "extra",
    "more",
)


def composed(plan: Plan, *, open_call: bool = False) -> str:
    """Return the Python source of a plan.

    It refers to `poet`, the function's own `fn.poet`, and to `running`, the context variable of the execution that
    runs. With `open_call` the head takes any arguments, so that a wrong call is a PoetValidationError; defaults are then
    the names `default_<parameter>`.
    """
    return _Text(plan, open_call=open_call).written()


class _Text:
    """Lines of one source. A name that a parameter has already gets an underscore."""

    def __init__(self, plan: Plan, *, open_call: bool) -> None:
        self.plan, self.shape, self.open_call = plan, plan.shape, open_call
        taken = {one.name for one in plan.shape.parameters}
        self.names = {name: _free(name, taken) for name in USED}
        self.lines: list[str] = []

    def add(self, depth: int, *lines: str) -> None:
        """Add lines at a depth of indentation; `<poet>` and the like stand for names."""
        for line in lines:
            written = line
            for name, free in self.names.items():
                written = written.replace(f"<{name}>", free)
            self.lines.append(f"{'    ' * depth}{written}".rstrip())

    def written(self) -> str:
        """Return the whole source."""
        self.head()
        kind = self.shape.kind
        if kind in ("generator", "async_generator"):
            self.stream(kind)
        else:
            self.call("await " if kind == "async" else "")
        return "\n".join(self.lines) + "\n"

    def head(self) -> None:
        """Write what the source says about itself, and the `def`."""
        plan, shape = self.plan, self.shape
        self.add(
            0, f'"""`{shape.name}` with POET around it: rule-based, made from its hints, its body and its domain.', ""
        )
        self.add(
            0, "No model wrote this. `poet` is the function's `fn.poet`; `poet.implementation` is what it calls.", ""
        )
        for stage, said in zip(("Perceive", "Operate", "Enforce", "Train"), self.stages(), strict=True):
            self.add(0, _quotable(f"{stage}: {said}"))
            self.add(0, *(_quotable(f"  - {line}") for line in plan.domain.requirements(stage)))
        self.add(0, '"""', "")
        prefix = "async def" if shape.kind.startswith("async") else "def"
        returns = f" -> {shape.returns}" if shape.returns and not self.open_call else ""
        self.add(0, "", f"{prefix} {shape.name}({self.parameters()}){returns}:")

    def stages(self) -> tuple[str, str, str, str]:
        """Return one sentence for each stage."""
        plan, shape = self.plan, self.shape
        hinted = [one.name for one in shape.parameters if plan.tests.get(one.name)]
        perceive = f"{', '.join(hinted)} as hinted" if hinted else "no parameter has a hint"
        again = f"tried again {plan.retries} times after a transient failure" if plan.retries else "never tried again"
        operate = f"the body {WORDS.get(shape.body, shape.body)}; it is {again}"
        if plan.guarded:
            operate += "; a circuit breaker watches it"
        enforce = (
            f"the result is {shape.returns.strip('<>')}"
            if plan.result_test
            else "the result has no hint that can be checked"
        )
        train = "each call has an execution id" + (" and is published as an event" if plan.told else "")
        return f"{perceive}; domain {plan.domain.name}", operate, enforce, train

    def parameters(self) -> str:
        """Return the parameters between the parentheses of the `def`."""
        shown: list[str] = []
        listed = self.shape.parameters
        for index, one in enumerate(listed):
            before = listed[index - 1].kind if index else ""
            if before == "first" and one.kind != "first":
                shown.append("/")
            if one.kind == "named" and before not in ("named", "args"):
                shown.append(self.bar())
            shown.append(self.parameter(one))
        if listed and listed[-1].kind == "first":
            shown.append("/")
        return ", ".join((*shown, *self.rest(listed)))

    def bar(self) -> str:
        """Return what stands before parameters that are given by name."""
        return f"*{self.names['extra']}" if self.open_call else "*"

    def rest(self, listed: tuple[Parameter, ...]) -> list[str]:
        """Return what takes arguments that the function does not have."""
        kinds = {one.kind for one in listed}
        if not self.open_call:
            return []
        shown = [] if kinds & {"args", "named"} else [f"*{self.names['extra']}"]
        return shown + ([] if "kwargs" in kinds else [f"**{self.names['more']}"])

    def parameter(self, one: Parameter) -> str:
        """Return one parameter as the `def` writes it."""
        stars = {"args": "*", "kwargs": "**"}.get(one.kind, "")
        if self.open_call:
            return f"{stars}{one.name}" if stars else f"{one.name}=default_{one.name}"
        hint = f": {one.hint}" if one.hint else ""
        equals = " = " if hint else "="
        return f"{stars}{one.name}{hint}" + (f"{equals}{one.default}" if one.default else "")

    def call(self, wait: str) -> None:
        """Write the body of a function that returns once."""
        plan = self.plan
        self.begin()
        self.perceive(2)
        self.operate(2, wait)
        self.enforce(2, wait)
        if plan.told:
            self.add(2, "<poet>.completed(<execution>, <started>, <result>, " + self.given() + ")")
        self.add(2, "<poet>.keep((<result>, <execution>))", "return <result>")
        if plan.told:
            self.add(1, "except BaseException as <error>:")
            self.add(2, f"<poet>.failed(<execution>, <started>, <error>, {self.given()})", "raise")
        self.add(1, "finally:")
        self.add(2, "<running>.reset(<token>)")

    def begin(self) -> None:
        """Write what gives the call its execution id."""
        self.add(
            1, "<execution> = <poet>.begin()", "<poet>.latest.set(<execution>)", "<token> = <running>.set(<execution>)"
        )
        if self.plan.told:
            self.add(1, "<started> = <poet>.clock()")
        self.add(1, "try:")

    def perceive(self, depth: int) -> None:
        """Write the looks at the arguments."""
        listed = self.shape.parameters
        if self.open_call:
            self.wrong_call(depth)
        for one in listed:
            test = self.plan.tests.get(one.name, "")
            look = f'{one.name} = <poet>.argument("{one.name}", {one.name})'
            if test == "always":
                self.add(depth, look)
            elif test:
                self.add(depth, f"if {test.format(one.name)}:")
                self.add(depth + 1, look)
        if self.plan.together and listed:
            names = "".join(f"{one.name}, " for one in listed)
            self.add(depth, f"({names.rstrip()}) = <poet>.perceive(({names.rstrip()}))")

    def wrong_call(self, depth: int) -> None:
        """Write the refusal of a call that does not fit the parameters."""
        kinds = {one.kind for one in self.shape.parameters}
        over = [name for name, kind in (("extra", "args"), ("more", "kwargs")) if kind not in kinds]
        if over:
            self.add(depth, f"if {' or '.join(f'<{name}>' for name in over)}:")
            pair = [f"<{name}>" if name in over else {"extra": "()", "more": "{}"}[name] for name in ("extra", "more")]
            self.add(depth + 1, f"<poet>.surplus({', '.join(pair)}, {self.given()})")
        for one in self.shape.parameters:
            if one.kind not in ("args", "kwargs") and not one.default and not self.plan.tests.get(one.name):
                self.add(depth, f"if {one.name} is default_{one.name}:")
                self.add(depth + 1, f'<poet>.missing("{one.name}")')

    def operate(self, depth: int, wait: str) -> None:
        """Write the call, and what follows its failure."""
        if self.plan.operated:
            self.add(depth, f"<result> = {wait}<poet>.operate({self.given()})")
            return
        if self.plan.guarded:
            self.add(depth, "try:", "    if <poet>.troubled:", "        <poet>.admit()")
        else:
            self.add(depth, "try:")
        self.add(depth + 1, f"<result> = {wait}<poet>.implementation({self.passed()})")
        self.add(depth, "except Exception as <error>:")
        self.add(depth + 1, f"<result> = {wait}<poet>.again(<error>, {self.given()})")
        if self.plan.guarded:
            self.add(depth, "if <poet>.troubled:", "    <poet>.healed()")

    def enforce(self, depth: int, wait: str) -> None:
        """Write the look at the result."""
        test = self.plan.result_test
        if self.plan.enforced:
            self.add(depth, f"<result> = {wait}<poet>.enforce(<result>, {self.given()})")
        elif test == "always":
            self.add(depth, f"<result> = <poet>.result(<result>, {self.given()})")
        elif test:
            self.add(depth, f"if {test.format('<result>')}:")
            self.add(depth + 1, f"<result> = <poet>.result(<result>, {self.given()})")

    def stream(self, kind: str) -> None:
        """Write the body of a generator: its items come from `poet.stream`, which goes through the other stages."""
        self.add(1, "<execution> = <poet>.begin()", "<poet>.latest.set(<execution>)")
        self.perceive(1)
        source = f"<poet>.stream(<execution>, {self.given()})"
        if kind == "generator":
            self.add(1, f"return (yield from {source})")
            return
        self.add(1, f"<stream> = {source}", "try:", "    <item> = await anext(<stream>)", "    while True:")
        self.add(3, "try:", "    <sent> = yield <item>", "except GeneratorExit:", "    raise")
        self.add(3, "except BaseException as <error>:", "    <item> = await <stream>.athrow(<error>)")
        self.add(3, "else:", "    <item> = await <stream>.asend(<sent>)")
        self.add(1, "except StopAsyncIteration:", "    return", "finally:", "    await <stream>.aclose()")

    def passed(self) -> str:
        """Return the arguments as the implementation takes them."""
        return ", ".join(_passed(one) for one in self.shape.parameters)

    def given(self) -> str:
        """Return the same as a tuple and a dict."""
        by_place = [one for one in self.shape.parameters if one.kind in ("first", "plain", "args")]
        by_name = [one for one in self.shape.parameters if one.kind in ("named", "kwargs")]
        places = ", ".join(_passed(one) for one in by_place) + ("," if len(by_place) == 1 else "")
        words = ", ".join(f'"{one.name}": {one.name}' if one.kind == "named" else f"**{one.name}" for one in by_name)
        return f"({places}), {{{words}}}"


def _passed(one: Parameter) -> str:
    if one.kind == "named":
        return f"{one.name}={one.name}"
    return {"args": "*", "kwargs": "**"}.get(one.kind, "") + one.name


def _quotable(line: str) -> str:
    """Return a line that can stand in a docstring, whatever a hint or a domain says."""
    return line.replace("\\", "/").replace('"', "'")


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name += "_"
    return name
