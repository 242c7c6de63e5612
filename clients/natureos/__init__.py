"""NatureOS: computing, devices, fungi, the lab; and Earth-2, which is asked through the MAS.

`server` has address, limits and probes; each subject has its file.
https://github.com/MycosoftLabs/NatureOS
"""

from clients.natureos import computing, devices, funga, lab


class Natureos(computing.Computing, devices.Devices, funga.Funga, lab.Lab):
    """One NatureOS server, and the MAS beside it."""

    exempt = {"limits": "NatureOS sets no limit; the MAS has its own."}
