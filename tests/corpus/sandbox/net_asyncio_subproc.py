# technique: asyncio.subprocess
# expected: rejected
import asyncio.subprocess
result = "ran"
