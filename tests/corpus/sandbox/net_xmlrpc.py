# technique: xmlrpc.client
# expected: rejected
import xmlrpc.client
result = "ran"
