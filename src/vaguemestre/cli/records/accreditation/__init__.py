"""What a security accreditation (RGS, decree 2010-112) asks to see, read from what runs."""
