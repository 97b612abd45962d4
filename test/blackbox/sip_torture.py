"""Messages after RFC 4475 ("torture test messages"), written down for what each of them tries; long ones are shortened.

Each is (what it is to us, its lines): "call" – an INVITE that a tolerant endpoint takes; "other" – anything that is well
formed and no call to be taken; "bad" – what must open nothing. "%s" is where the answer goes: address and port of the test.
"""


def message(*lines, body=""):
    return "\r\n".join(lines) + "\r\n\r\n" + body


def request(method="INVITE", name="x", via="SIP/2.0/UDP %s;branch=z9hG4bK{name}", uri="sip:user@example.com", sender="sip:caller@example.net",
            to="<sip:user@example.com>", cseq=None, version="SIP/2.0", more=(), body="", length=None):
    return message(
        f"{method} {uri} {version}", "Via: " + via.replace("{name}", name), "Max-Forwards: 70", f"From: <{sender}>;tag={name}",
        f"To: {to}", f"Call-ID: {name}@torture", f"CSeq: {cseq or '1 ' + method}", "Contact: <sip:caller@127.0.0.1>", *more,
        f"Content-Length: {len(body) if length is None else length}", body=body)


SDP = "v=0\r\no=mhandley 29739 7272939 IN IP4 192.0.2.3\r\ns=-\r\nc=IN IP4 192.0.2.4\r\nt=0 0\r\nm=audio 49217 RTP/AVP 0 12\r\n"

MESSAGES = {
    # 3.1.1 valid messages
    "wsinv": ("other", message(  # tortuous white space, unusual order, compact and folded headers; within a dialogue
        "INVITE sip:vivekg@chair-dnrc.example.com;unknownparam SIP/2.0", "TO :", " sip:vivekg@chair-dnrc.example.com ;   tag    = 1918181833n",
        'from   : "J Rosenberg \\\\\\""       <sip:jdrosen@example.com>', "  ;", "  tag = 98asjd8", "MaX-fOrWaRdS: 0068",
        "Call-ID: wsinv@torture", "Content-Length   : 0", "cseq: 0009", "  INVITE",
        "Via  : SIP  /   2.0", " /UDP", "    %s;branch=390skdjuw", "s :", "NewFangledHeader:   newfangled value", " continued newfangled value",
        "UnknownHeaderWithUnusualValue: ;;,,;;,;", "Content-Type: application/sdp", "Route:",
        " <sip:services.example.com;lr;unknownwith=value;unknown-no-value>",
        "v:  SIP  / 2.0  / TCP     spindle.example.com   ;", "  branch  =   z9hG4bK9ikj8  ,", " SIP  /    2.0   / UDP  192.168.255.111   ; branch=",
        " z9hG4bK30239", 'm:"Quoted string \\"\\"" <sip:jdrosen@example.com> ; newparam =', "      newvalue ;", "  secondparam ; q = 0.33")),
    "intmeth": ("other", request("!interesting-Method0123456789_*+`.%indeed'~", "intmeth", uri="sip:1_unusual.URI~(to-be!sure)&isn't+it$/crazy?,/;;*:&it+has=1,weird!*pas$wo~d_too.(doesn't-it)@example.com",
                                 more=['Weird: "BEL:\\\x07 NUL:\\\x00 DEL:\\\x7f"', "extensionHeader-!.%*+_`'~:\N{FULLWIDTH LATIN CAPITAL LETTER A}"])),
    "esc01": ("call", request(name="esc01", uri="sip:sips%3Auser%40example.com@example.net", sender="sip:I%20have%20spaces@example.net")),
    "escnull": ("other", request("REGISTER", "escnull", uri="sip:example.com", sender="sip:null-%00-null@example.com", more=["Contact: <sip:%00@host5.example.com>", "Contact: <sip:%00%00@host5.example.com>"])),
    "esc02": ("other", request("RE%47IST%45R", "esc02", uri="sip:registrar.example.com")),
    "lwsdisp": ("other", request("OPTIONS", "lwsdisp", more=["X: caller<sip:caller@example.com>"])),
    "longreq": ("call", request(name="longreq", to='"' + "I have a user name of extreme" * 40 + '" <sip:user@example.com:6000;' + "unknownparam" * 60 + "=1>",
                                uri="sip:user@example.com", via="SIP/2.0/UDP %s;branch=z9hG4bK" + "a" * 200,
                                more=["Unknown-" + "Long" * 50 + "-Name: unknown-" + "long-" * 100 + "value"] + [f"Via: SIP/2.0/TCP sip{i}.example.com" for i in range(40)])),
    "dblreq": ("other", request("REGISTER", "dblreq", uri="sip:example.com") + request(name="dblreq-second")),
    "semiuri": ("other", request("OPTIONS", "semiuri", uri="sip:user;par=u%40example.net@example.com")),
    "transports": ("other", request("OPTIONS", "transports", more=[f"Via: SIP/2.0/{one} t{i}.example.com;branch=z9hG4bKn{i}" for i, one in enumerate(("SCTP", "TLS", "UNKNOWN", "TCP"))])),
    "mpart01": ("other", request("MESSAGE", "mpart01", more=["Content-Type: multipart/signed;boundary=7a9cbec02ceef655"], body="--7a9cbec02ceef655\r\nContent-Type: text/plain\r\n\r\nHello\r\n\x00\xff\x80--7a9cbec02ceef655--\r\n")),
    "unreason": ("other", message("SIP/2.0 200 = 2**3 * 5**2 \N{CYRILLIC CAPITAL LETTER EN}", "Via: SIP/2.0/UDP %s;branch=z9hG4bK1324923", "Call-ID: unreason@torture", "CSeq: 35 INVITE", "From: <sip:user@example.com>;tag=11141343", "To: <sip:user@example.edu>;tag=2229", "Content-Length: 0")),
    "noreason": ("other", message("SIP/2.0 100 ", "Via: SIP/2.0/UDP %s;branch=z9hG4bK2398ndaoe", "Call-ID: noreason@torture", "CSeq: 35 INVITE", "From: <sip:user@example.com>;tag=39ansfi3", "To: <sip:user@example.edu>;tag=902jndnke3", "Content-Length: 0")),
    # 3.1.2 invalid messages
    "badinv01": ("any", message("INVITE sip:user@example.com SIP/2.0", "To: sip:j.user@example.com", "From: sip:caller@example.net;tag=134161461246", "Max-Forwards: 7", "Call-ID: badinv01@torture", "CSeq: 8 INVITE",
                                "Via: SIP/2.0/UDP %s;;,;,,", 'Contact: "Joe" <sip:joe@example.org>;;;;', "Content-Length: 0")),
    "clerr": ("bad", request(name="clerr", body=SDP, length=9999)),
    "ncl": ("any", request(name="ncl", body=SDP, length=-999)),
    "scalar02": ("other", request("REGISTER", "scalar02", cseq="36893488147419103232 REGISTER", more=["Expires: 10000000000000000000000000000000000000000000000", "Max-Forwards: 300", "Contact: <sip:user@host129.example.com>;expires=280297596632815"])),
    "scalarlg": ("other", message("SIP/2.0 503 Service Unavailable", "Via: SIP/2.0/TCP %s;branch=z9hG4bKzzxdiwo34sw", "To: <sip:user@example.com>", "From: <sip:other@example.net>;tag=2easdjfejw", "CSeq: 9292394834772304023312 OPTIONS", "Call-ID: scalarlg@torture", "Retry-After: 949302838503028349304023988", "Warning: 1812 overture \"In Progress\"", "Content-Length: 0")),
    "quotbal": ("any", message("INVITE sip:user@example.com SIP/2.0", 'To: "Mr. J. User <sip:j.user@example.com>', "From: sip:caller@example.net;tag=93334", "Max-Forwards: 10", "Call-ID: quotbal@torture", "CSeq: 8 INVITE", "Via: SIP/2.0/UDP %s;branch=z9hG4bKquotbal", "Content-Length: 0")),
    "ltgtruri": ("any", request(name="ltgtruri", uri="<sip:user@example.com>")),
    "lwsruri": ("any", request(name="lwsruri", uri="sip:user@example.com; lr")),
    "lwsstart": ("any", request(name="lwsstart").replace("INVITE sip", "INVITE  sip", 1).replace("com SIP", "com  SIP", 1)),
    "trws": ("any", request("OPTIONS", "trws").replace("SIP/2.0\r\n", "SIP/2.0 \t \r\n", 1)),
    "escruri": ("any", request(name="escruri", uri="sip:user@example.com?Route=%3Csip:example.com%3E")),
    "baddate": ("any", request(name="baddate", more=["Date: Fri, 01 Jan 2010 16:00:00 EST"])),
    "regbadct": ("other", request("REGISTER", "regbadct", uri="sip:example.com", more=["Contact: sip:user@example.com?Route=%3Csip:sip.example.com%3E"])),
    "badaspec": ("other", request("OPTIONS", "badaspec", to='"Watson, Thomas" < sip:t.watson@example.org >')),
    "baddn": ("other", request("OPTIONS", "baddn", to="Bell, Alexander <sip:a.g.bell@example.com>")),
    "badvers": ("bad", request(name="badvers", version="SIP/7.0")),
    "mismatch01": ("other", request("OPTIONS", "mismatch01", cseq="8 INVITE")),
    "mismatch02": ("other", request("NEWMETHOD", "mismatch02", cseq="8 INVITE")),
    "bigcode": ("other", message("SIP/2.0 4294967301 better not break the receiver", "Via: SIP/2.0/UDP %s;branch=z9hG4bKbigcode", "Call-ID: bigcode@torture", "CSeq: 353494 INVITE", "From: <sip:user@example.com>;tag=39ansfi3", "To: <sip:user@example.edu>;tag=902jndnke3", "Content-Length: 0")),
    # 3.2 transactions, 3.3 the application
    "badbranch": ("other", request("OPTIONS", "badbranch", via="SIP/2.0/UDP %s;branch=z9hG4bK")),
    "insuf": ("bad", message("INVITE sip:user@example.com SIP/2.0", "CSeq: 193942 INVITE", "Via: SIP/2.0/UDP %s;branch=z9hG4bKkdj.insuf", "Content-Type: application/sdp", f"Content-Length: {len(SDP)}", body=SDP)),
    "unkscm": ("bad", request(name="unkscm", uri="nobodyKnowsThisScheme:totallyopaquecontent")),
    "novelsc": ("bad", request(name="novelsc", uri="soap.beep://192.0.2.103:3002")),
    "unksm2": ("other", request("REGISTER", "unksm2", uri="sip:example.com", to="isbn:2983792873")),
    "bext01": ("bad", request(name="bext01", more=["Require: nothingSupportsThis, nothingSupportsThisEither", "Proxy-Require: noProxiesSupportThis"])),
    "invut": ("call", request(name="invut", more=["Content-Type: application/unknownformat"], body="<audio><pcmu port=\"443\"/></audio>")),
    "regaut01": ("other", request("REGISTER", "regaut01", uri="sip:example.com", more=["Authorization: NoOneKnowsThisScheme opaque-data=here"])),
    "multi01": ("bad", request(name="multi01", more=["CSeq: 5 INVITE", "Call-ID: multi01-again@torture", "From: <sip:other@example.net>;tag=2", "To: <sip:second@example.com>", "Max-Forwards: 5"])),
    "mcl01": ("any", request("OPTIONS", "mcl01", more=["Content-Length: 13", "Content-Type: text/plain"], body="There's no way to know how many octets are supposed to be here.\r\n")),
    "bcast": ("other", message("SIP/2.0 200 OK", "Via: SIP/2.0/UDP 255.255.255.255;branch=z9hG4bK1saber23", "Call-ID: bcast@torture", "CSeq: 11 INVITE", "From: <sip:user@example.com>;tag=83", "To: <sip:user@example.edu>;tag=9", "Content-Length: 0")),
    "zeromf": ("other", request("OPTIONS", "zeromf").replace("Max-Forwards: 70", "Max-Forwards: 0")),
    "cparam01": ("other", request("REGISTER", "cparam01", uri="sip:example.com", more=["Contact: sip:+19725552222@gw1.example.net;unknownparam"])),
    "regescrt": ("other", request("REGISTER", "regescrt", uri="sip:example.com", more=["Contact: <sip:user@example.com?Route=%3Csip:sip.example.com%3E>"])),
    "sdp01": ("call", request(name="sdp01", more=["Accept: text/nobodyKnowsThis", "Content-Type: application/sdp"], body=SDP)),
    "inv2543": ("any", message("INVITE sip:UserB@example.com SIP/2.0", "Via: SIP/2.0/UDP %s", "From: <sip:UserA@example.com>", "Record-Route: <sip:UserB@example.com;maddr=ss1.example.com>", "To: <sip:UserB@example.com>", "Call-ID: inv2543@torture", "CSeq: 8 INVITE", "Content-Length: 0")),
    # (inv2543 above has no branch in its Via: libre wants one, as every endpoint since 2002 sends it)
    # and some of our own
    "maddr": ("bad", request(name="maddr", via="SIP/2.0/UDP %s;branch=z9hG4bKmaddr;maddr=192.0.2.1")),
    "novia": ("bad", message("INVITE sip:a@b SIP/2.0", "From: <sip:a@b>;tag=1", "To: <sip:a@b>", "Call-ID: novia@torture", "CSeq: 1 INVITE", "Content-Length: 0")),
    "hugeheader": ("any", request(name="hugeheader", more=["X: " + "y" * 6000])),
    "manyheaders": ("any", request(name="manyheaders", more=["X: y"] * 500)),
    "crlf": ("bad", "\r\n\r\n"),
    "nul": ("bad", "\x00" * 100),
    "empty": ("bad", ""),
}


def bytes_of(name, via):
    text = MESSAGES[name][1]
    return (text.replace("%s", via) if "Via" in text or "v:" in text else text).encode("utf-8", "replace")
