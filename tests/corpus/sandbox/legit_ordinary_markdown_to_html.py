# technique: BENIGN - ordinary program: markdown to html
# expected: accepted
# expect: ['<h1>T &lt;x&gt;</h1>', '<ul><li><b>a</b></li><li><code>b</code> <i>c</i></li></ul>', '<p>See <a href="https://x.y">it</a>.</p>']
import html, re
def inline(s):
    s = html.escape(s, quote=False)
    s = re.sub(r"\*\*(.+?)\*\*", r"<b>\1</b>", s)
    s = re.sub(r"\*(.+?)\*", r"<i>\1</i>", s)
    s = re.sub(r"`([^`]+)`", r"<code>\1</code>", s)
    return re.sub(r"\[([^\]]+)\]\((https?://[^)\s]+)\)", r'<a href="\2">\1</a>', s)
def convert(md):
    out, items = [], []
    def flush():
        if items:
            out.append("<ul>" + "".join(f"<li>{i}</li>" for i in items) + "</ul>")
            items.clear()
    for line in md.splitlines():
        if m := re.match(r"(#{1,6}) (.*)", line):
            flush(); n = len(m[1]); out.append(f"<h{n}>{inline(m[2])}</h{n}>")
        elif line.startswith("- "):
            items.append(inline(line[2:]))
        elif line.strip():
            flush(); out.append(f"<p>{inline(line)}</p>")
        else:
            flush()
    flush()
    return "\n".join(out)
result = convert("# T <x>\n\n- **a**\n- `b` *c*\n\nSee [it](https://x.y).").split("\n")
