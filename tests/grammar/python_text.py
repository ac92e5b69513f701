"""Write an expression tree as Python text with a parenthesis around everything, to compare with Python's own parser."""

from __future__ import annotations

from dana_grammar import nodes as n

BINARY_LEVELS = (n.Binary, n.Logical, n.Compare, n.Pipe)


def python_text(node: object) -> str:
    """Return Python text that means what `node` does, every operation in parentheses."""
    match node:
        case n.Number(source=source) | n.Text(source=source):
            return source
        case n.Constant(value=value, source=source):
            return "..." if source == "..." else repr(value)
        case n.FormattedText(parts=parts):
            return "f" + repr("".join(formatted(part) for part in parts))
        case n.JoinedText(parts=parts):
            return " ".join(python_text(part) for part in parts)
        case n.Name(name=name):
            return name
        case n.Attribute(value=value, name=name):
            return f"({python_text(value)}).{name}"
        case n.Subscript(value=value, index=index):
            return f"({python_text(value)})[{python_text(index)}]"
        case n.Slice(lower=lower, upper=upper, step=step):
            return ":".join("" if part is None else python_text(part) for part in (lower, upper, step))
        case n.Starred(value=value):
            return f"*{python_text(value)}"
        case n.Keyword(name=name, value=value):
            return f"{name}={python_text(value)}" if name else f"**{python_text(value)}"
        case n.Call(function=function, arguments=arguments):
            return f"({python_text(function)})({', '.join(map(python_text, arguments))})"
        case n.Unary(operator=operator, operand=operand):
            return f"({operator} {python_text(operand)})"
        case _:
            return longer_text(node)


def longer_text(node: object) -> str:
    """Return the text of nodes with several parts."""
    match node:
        case n.Binary(left=left, operator=operator, right=right):
            return f"({python_text(left)} {operator} {python_text(right)})"
        case n.Pipe(stages=stages):
            return f"({' | '.join(map(python_text, stages))})"
        case n.Logical(operator=operator, values=values):
            return f"({f' {operator} '.join(map(python_text, values))})"
        case n.Compare(first=first, operators=operators, comparators=comparators):
            rest = " ".join(f"{o} {python_text(c)}" for o, c in zip(operators, comparators, strict=True))
            return f"({python_text(first)} {rest})"
        case n.Conditional(test=test, body=body, otherwise=otherwise):
            return f"({python_text(body)} if {python_text(test)} else {python_text(otherwise)})"
        case n.Walrus(target=target, value=value):
            return f"({target.name} := {python_text(value)})"
        case n.Lambda(parameters=parameters, body=body):
            return f"(lambda {', '.join(map(parameter_text, parameters))}: {python_text(body)})"
        case n.ListDisplay(items=items):
            return f"[{', '.join(map(python_text, items))}]"
        case n.SetDisplay(items=items):
            return f"{{{', '.join(map(python_text, items))}}}"
        case n.TupleDisplay(items=items, parenthesized=parenthesized):
            text = "".join(f"{python_text(item)}, " for item in items)
            return f"({text})" if parenthesized else text
        case n.DictDisplay(entries=entries):
            return f"{{{', '.join(map(entry_text, entries))}}}"
        case n.Comprehension():
            return comprehension_text(node)
        case _:
            raise AssertionError(node)


def entry_text(entry: n.DictEntry) -> str:
    """Return one entry of a dict."""
    key = "**" if entry.key is None else f"{python_text(entry.key)}: "
    return f"{key}{python_text(entry.value)}"


def parameter_text(parameter: n.Parameter) -> str:
    """Return one parameter of a lambda."""
    star = {"args": "*", "kwargs": "**", "star": "*", "plain": ""}[parameter.kind]
    default = f"={python_text(parameter.default)}" if parameter.default else ""
    return f"{star}{parameter.name}{default}"


def comprehension_text(node: n.Comprehension) -> str:
    """Return a comprehension of any kind."""
    brackets = {"list": "[]", "set": "{}", "dict": "{}", "generator": "()"}[node.kind]
    value = f": {python_text(node.value)}" if node.value else ""
    clauses = "".join(
        f" for {python_text(c.target)} in {python_text(c.iterable)}"
        + "".join(f" if {python_text(condition)}" for condition in c.conditions)
        for c in node.clauses
    )
    return f"{brackets[0]}{python_text(node.element)}{value}{clauses}{brackets[1]}"


def formatted(part: str | n.Interpolation) -> str:
    """Return one part of an f-string."""
    if isinstance(part, str):
        return part.replace("{", "{{").replace("}", "}}")
    conversion = f"!{part.conversion}" if part.conversion else ""
    spec = (
        ":" + "".join(piece if isinstance(piece, str) else formatted(piece) for piece in part.spec) if part.spec else ""
    )
    return f"{{{part.debug}{'' if part.debug else python_text(part.value)}{conversion}{spec}}}"
