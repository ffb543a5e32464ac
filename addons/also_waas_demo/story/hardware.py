"""Chapter: hardware that is approved case by case, in every state (R14)."""


def tell(story):
    with story.on(75):
        _reject(story, _ask_for_tower(story))
    with story.on(40):
        _approve(story, _ask_for_rugged_tablet(story))
    with story.on(12):
        _ask_for_label_printer(story).action_cancel()
    with story.on(2):
        _submit(_ask_for_camera(story))
    _ask_for_phone(story)


def _ask(story, partner, manufacturer, description, quantity, reason):
    return story.act("waas.hardware.request", "seller").create(
        {
            "reseller_id": story.partners[partner].id,
            "manufacturer_name": manufacturer,
            "description": description,
            "quantity": quantity,
            "reason": reason,
        }
    )


def _submit(request):
    request.action_submit()
    return request


def _ask_for_tower(story):
    return _ask(
        story,
        "kantoor",
        "Bergwerk Computers",
        "Bergwerk T7 tower, 128 GB, two graphics cards",
        4,
        "The end customer renders films and wants a machine under the desk.",
    )


def _ask_for_rugged_tablet(story):
    return _ask(
        story,
        "bytewerk",
        "Kestrel Rugged",
        "Kestrel R10 rugged tablet, 10 inch, 8 GB, with barcode reader",
        20,
        "District nurses: it falls, and it is cleaned with alcohol.",
    )


def _ask_for_label_printer(story):
    return _ask(
        story,
        "kantoor",
        "Etiko",
        "Etiko L300 label printer",
        2,
        "For the parcel desk.",
    )


def _ask_for_camera(story):
    return _ask(
        story,
        "bytewerk",
        "Panoptic",
        "Panoptic M1 meeting room camera with table microphone",
        6,
        "Meeting rooms of a customer that rents 30 workplaces already.",
    )


def _ask_for_phone(story):
    return _ask(
        story,
        "kantoor",
        "Dockworks",
        "Dockworks P1 desk telephone",
        15,
        "",
    )


def _reject(story, request):
    _submit(request)
    decided = request.with_user(story.users["backoffice"])
    decided.decision_note = (
        "12 months of warranty and no service in the Netherlands. The Studio workplace "
        "does the same job with 36 months."
    )
    decided.action_reject()


def _approve(story, request):
    _submit(request)
    decided = request.with_user(story.users["backoffice"])
    decided.write(
        {
            "product_id": story.products["KES-R10"].id,
            "valid_until": story.day(-140),
            "decision_note": "Tried by our own service desk for four weeks: sturdy. "
            "Deals of Bytewerk only, with 24 months at the most.",
        }
    )
    decided.action_approve()
