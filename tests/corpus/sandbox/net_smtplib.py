# technique: smtplib, ftplib, telnetlib
# expected: rejected
import smtplib
result = "ran"
