# technique: BENIGN - uuid4 shape, uuid5 determinism, UUID as result
# expected: accepted
# expect: [36, 4, 'aad03681-8b63-5304-89e0-8ca8f49461b5', UUID('12345678-1234-5678-1234-567812345678'), '00000000000000000000000000000005']
import uuid
u = uuid.uuid4()
result = [len(str(u)), u.version, str(uuid.uuid5(uuid.NAMESPACE_DNS, "example.org")), uuid.UUID("12345678123456781234567812345678"), uuid.UUID(int=5).hex]
